"""The Vipps sandbox: a stateful fake of Vipps MobilePay, with a customer and a clock."""

__all__ = ["__version__"]

__version__ = "0.1.0"
