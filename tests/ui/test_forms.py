"""What no form of ours sends is refused before it is kept: by the phone, by the dashboard and where people log in."""

import httpx
import pytest

from sandbox.server import Sandbox
from sandbox.settings import Settings

pytestmark = pytest.mark.anyio

TOO_LARGE = b"a=" + b"x" * 16 * 1024
TOO_MANY_FIELDS = b"&".join([b"a=b"] * 51)


@pytest.mark.parametrize(
    "path", ["/landing/number", "/phone/4791234567/language", "/sandbox/dashboard/123456/settings"]
)
@pytest.mark.parametrize(
    ("sent", "status", "heading"),
    [(TOO_LARGE, 413, "Too much"), (TOO_MANY_FIELDS, 400, "Not understood")],
    ids=["too large", "too many fields"],
)
async def test_what_no_form_sends_is_refused_in_words(
    http: httpx.AsyncClient, path: str, sent: bytes, status: int, heading: str
) -> None:
    await http.post("/sandbox/units", json={"msn": "123456"})
    answer = await http.post(path, content=sent)
    assert (answer.status_code, heading in answer.text) == (status, True)


@pytest.mark.parametrize("sent", [b"token=open-sesame&" + TOO_LARGE, b"token=open-sesame&" + TOO_MANY_FIELDS])
async def test_what_the_login_page_cannot_have_sent_logs_nobody_in(sent: bytes) -> None:
    """Not even with the token in it: whoever may not come in is never told more than that the token is wrong."""
    transport = httpx.ASGITransport(Sandbox(Settings(token="open-sesame")))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        assert (await http.post("/sandbox/login", content=b"token=open-sesame")).status_code == 303
        answer = await http.post("/sandbox/login", content=sent)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
