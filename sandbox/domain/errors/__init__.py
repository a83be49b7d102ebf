"""What a sales unit refuses, each refusal a class of its own that carries what was asked and what was allowed.

    Refusal
    ├── CreateRefusal               a payment cannot be created
    │   ├── AmountTooSmall · CurrencyNotAllowed
    │   ├── PersonalQrInvalid · CustomerTokenInvalid · BlockedSourcesNotApplicable
    │   ├── PhoneNumberInvalid · UrlInvalid · ScopeInvalid · ScopeIllegal · ParameterRequired
    │   ├── MetadataKeyTwice · MetadataTooMany · MetadataKeyTooLong · MetadataValueTooLong
    │   ├── ExpiryTooSoon · ExpiryTooLate · LongLivingNotAllowed · ReceiptRequired
    │   ├── PushMessageNotAllowed · CustomerNotFound · PaymentCannotBeCreated
    │   └── MethodInvalid · ExpressNotAllowed · BankAccountNotVerified
    ├── ReferenceTaken · UnknownReference
    ├── KeyReused                   CreateKeyReused · CaptureKeyReused · RefundKeyReused
    ├── CaptureRefusal
    │   ├── CaptureBeforeApproval · CaptureOfEndedPayment · CaptureOfCancelledPayment
    │   ├── CaptureTooHigh · AlreadyCaptured · PartialCaptureNotAllowed · CapturePeriodExpired
    │   └── FundsUnavailable · CaptureFailed
    ├── CancelRefusal
    │   ├── CancelOfCapturedPayment · CancelOfEndedPayment · CancelOfAuthorizedPayment
    │   └── CancelPeriodExpired · CancelOfProcessingPayment
    ├── RefundRefusal
    │   ├── RefundBeforeApproval · RefundTooHigh · AlreadyRefunded · RefundPeriodExpired
    │   └── RefundOfEndedPayment · RefundNotConfigured
    ├── PaymentLocked · AmountInvalid · ModificationAmountInvalid
    ├── ApproveRefusal              ApproveFailed · AlreadyApproved
    │   ├── ApproveNotAllowed · ApproveNotSupported · IdentificationRequired
    │   └── PaymentSourceInvalid · NoCards · PaymentLimitExceeded · CardExpiredAtApproval
    ├── NotOnScreen                 the customer's phone does not show that now
    ├── CardNumberInvalid · ShippingOptionUnknown
    ├── OrderRefusal                something cannot be kept for an order, or is not there
    │   ├── OrderUnknown · OrderUrlInvalid · CategoryUnknown · ReceiptTaken
    │   └── ImageUnknown · ImageTaken · ImageInvalid
    ├── UserInfoRefusal             UnknownSub · UserInfoWindowOver
    ├── InternalError · FaultUnknown
    └── WebhookRefusal
        ├── WebhookUrlInvalid · WebhookEventsMissing · WebhookEventUnknown · TooManyRegistrations
        └── RegistrationIdInvalid · RegistrationUnknown · DeliveryUnknown

Each module here has those of one subject. The text of a refusal is for the merchant's developer. Which code and
status an API answers with is the API's own business (its `problems` module). Source: ePayment guide, "Errors".
"""

from sandbox.domain.errors.approval import (
    AlreadyApproved,
    ApproveFailed,
    ApproveNotAllowed,
    ApproveNotSupported,
    ApproveRefusal,
    CardExpiredAtApproval,
    CardNumberInvalid,
    IdentificationRequired,
    NoCards,
    NotOnScreen,
    PaymentLimitExceeded,
    PaymentSourceInvalid,
    ShippingOptionUnknown,
)
from sandbox.domain.errors.creation import (
    AmountTooSmall,
    BankAccountNotVerified,
    BlockedSourcesNotApplicable,
    CreateRefusal,
    CurrencyNotAllowed,
    CustomerNotFound,
    CustomerTokenInvalid,
    ExpiryTooLate,
    ExpiryTooSoon,
    ExpressNotAllowed,
    LongLivingNotAllowed,
    MetadataKeyTooLong,
    MetadataKeyTwice,
    MetadataTooMany,
    MetadataValueTooLong,
    MethodInvalid,
    ParameterRequired,
    PaymentCannotBeCreated,
    PersonalQrInvalid,
    PhoneNumberInvalid,
    PushMessageNotAllowed,
    ReceiptRequired,
    ScopeIllegal,
    ScopeInvalid,
    UrlInvalid,
)
from sandbox.domain.errors.faults import (
    FaultUnknown,
    InternalError,
)
from sandbox.domain.errors.idempotency import (
    CaptureKeyReused,
    CreateKeyReused,
    KeyReused,
    RefundKeyReused,
    RememberedAnswer,
)
from sandbox.domain.errors.modifications import (
    AlreadyCaptured,
    AlreadyRefunded,
    CancelOfAuthorizedPayment,
    CancelOfCapturedPayment,
    CancelOfEndedPayment,
    CancelOfProcessingPayment,
    CancelPeriodExpired,
    CancelRefusal,
    CaptureBeforeApproval,
    CaptureFailed,
    CaptureOfCancelledPayment,
    CaptureOfEndedPayment,
    CapturePeriodExpired,
    CaptureRefusal,
    CaptureTooHigh,
    FundsUnavailable,
    ModificationAmountInvalid,
    PartialCaptureNotAllowed,
    RefundBeforeApproval,
    RefundNotConfigured,
    RefundOfEndedPayment,
    RefundPeriodExpired,
    RefundRefusal,
    RefundTooHigh,
)
from sandbox.domain.errors.orders import (
    CategoryUnknown,
    ImageInvalid,
    ImageTaken,
    ImageUnknown,
    OrderRefusal,
    OrderUnknown,
    OrderUrlInvalid,
    ReceiptTaken,
)
from sandbox.domain.errors.payments import (
    AmountInvalid,
    PaymentLocked,
    ReferenceTaken,
    UnknownReference,
)
from sandbox.domain.errors.refusal import (
    Refusal,
)
from sandbox.domain.errors.userinfo import (
    UnknownSub,
    UserInfoRefusal,
    UserInfoWindowOver,
)
from sandbox.domain.errors.webhooks import (
    DeliveryUnknown,
    RegistrationIdInvalid,
    RegistrationUnknown,
    TooManyRegistrations,
    WebhookEventsMissing,
    WebhookEventUnknown,
    WebhookRefusal,
    WebhookUrlInvalid,
)

__all__ = [
    "AlreadyApproved",
    "AlreadyCaptured",
    "AlreadyRefunded",
    "AmountInvalid",
    "AmountTooSmall",
    "ApproveFailed",
    "ApproveNotAllowed",
    "ApproveNotSupported",
    "ApproveRefusal",
    "BankAccountNotVerified",
    "BlockedSourcesNotApplicable",
    "CancelOfAuthorizedPayment",
    "CancelOfCapturedPayment",
    "CancelOfEndedPayment",
    "CancelOfProcessingPayment",
    "CancelPeriodExpired",
    "CancelRefusal",
    "CaptureBeforeApproval",
    "CaptureFailed",
    "CaptureKeyReused",
    "CaptureOfCancelledPayment",
    "CaptureOfEndedPayment",
    "CapturePeriodExpired",
    "CaptureRefusal",
    "CaptureTooHigh",
    "CardExpiredAtApproval",
    "CardNumberInvalid",
    "CategoryUnknown",
    "CreateKeyReused",
    "CreateRefusal",
    "CurrencyNotAllowed",
    "CustomerNotFound",
    "CustomerTokenInvalid",
    "DeliveryUnknown",
    "ExpiryTooLate",
    "ExpiryTooSoon",
    "ExpressNotAllowed",
    "FaultUnknown",
    "FundsUnavailable",
    "IdentificationRequired",
    "ImageInvalid",
    "ImageTaken",
    "ImageUnknown",
    "InternalError",
    "KeyReused",
    "LongLivingNotAllowed",
    "MetadataKeyTooLong",
    "MetadataKeyTwice",
    "MetadataTooMany",
    "MetadataValueTooLong",
    "MethodInvalid",
    "ModificationAmountInvalid",
    "NoCards",
    "NotOnScreen",
    "OrderRefusal",
    "OrderUnknown",
    "OrderUrlInvalid",
    "ParameterRequired",
    "PartialCaptureNotAllowed",
    "PaymentCannotBeCreated",
    "PaymentLimitExceeded",
    "PaymentLocked",
    "PaymentSourceInvalid",
    "PersonalQrInvalid",
    "PhoneNumberInvalid",
    "PushMessageNotAllowed",
    "ReceiptRequired",
    "ReceiptTaken",
    "ReferenceTaken",
    "RefundBeforeApproval",
    "RefundKeyReused",
    "RefundNotConfigured",
    "RefundOfEndedPayment",
    "RefundPeriodExpired",
    "RefundRefusal",
    "RefundTooHigh",
    "Refusal",
    "RegistrationIdInvalid",
    "RegistrationUnknown",
    "RememberedAnswer",
    "ScopeIllegal",
    "ScopeInvalid",
    "ShippingOptionUnknown",
    "TooManyRegistrations",
    "UnknownReference",
    "UnknownSub",
    "UrlInvalid",
    "UserInfoRefusal",
    "UserInfoWindowOver",
    "WebhookEventUnknown",
    "WebhookEventsMissing",
    "WebhookRefusal",
    "WebhookUrlInvalid",
]
