"""Style sheets and scripts: kept for good by an address that changes with them."""

import httpx
import pytest

from sandbox.ui import static_url

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("ui/tokens.css", "text/css; charset=utf-8"),
        ("ui/theme.js", "text/javascript; charset=utf-8"),
        ("ui/icon.svg", "image/svg+xml"),
    ],
)
async def test_a_file_may_be_kept_for_good(http: httpx.AsyncClient, name: str, media_type: str) -> None:
    answer = await http.get(static_url(name))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_old_address_gives_the_file_of_now_and_is_not_kept(http: httpx.AsyncClient) -> None:
    """A page that was open while the sandbox was updated keeps its looks."""
    now = await http.get(static_url("ui/base.css"))
    old = await http.get("/sandbox/static/0123456789ab/ui/base.css")
    assert old.content == now.content
    assert old.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["", "ui/none.css", "ui/../rendering.py", "ui/%2e%2e/rendering.py", "../sandbox/ui/static/base.css"]
)
async def test_nothing_else_can_be_had(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(f"/sandbox/static/x/{path}")
    assert answer.status_code == 404


def test_a_slip_in_a_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        static_url("ui/bsae.css")
