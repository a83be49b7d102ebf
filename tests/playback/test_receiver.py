"""The merchant's own webhook receiver: what is not signed rightly is refused, whatever it says."""

import http.client

from sandbox.playback.receiver import Receiver


def test_signature_that_is_no_ascii_is_refused_like_any_other() -> None:
    receiver = Receiver()
    receiver.expect_signed_with("shop", "secret")
    connection = http.client.HTTPConnection(receiver.url.removeprefix("http://"), timeout=5)
    headers = {"Authorization": "HMAC-SHA256 Signature=\xe6", "x-ms-content-sha256": "\xe6"}
    try:
        connection.request("POST", "/webhooks/shop", b"{}", headers)
        assert connection.getresponse().status == 401
        assert [one.is_signed for one in receiver.webhooks()] == [False]
    finally:
        connection.close()
        receiver.close()
