"""Which URLs a customer can be sent to."""

import pytest

from sandbox.domain.urls import UrlKind, url_kind


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com:8443/a?b=c#d",
        "HTTPS://EXAMPLE.COM/",
        "https://localhost/",
        "https://blåbær.no/ø",
        "https://[2001:db8::1]/",
    ],
)
def test_https_is_the_web(url: str) -> None:
    assert url_kind(url) is UrlKind.WEB


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:3000/",
        "http://shop.localhost/",
        "http://shop/",
        "http://shop.test/",
        "http://printer.local/",
        "http://host.docker.internal:8000/",
        "http://127.0.0.1/",
        "http://10.1.2.3/",
        "http://192.168.1.2:8000/",
        "http://[::1]:8000/",
    ],
)
def test_http_to_this_machine_and_its_network_is_local(url: str) -> None:
    assert url_kind(url) is UrlKind.LOCAL


@pytest.mark.parametrize("url", ["myapp://paid", "my-app.v2+x://", "fb123://authorize?x=1"])
def test_another_scheme_is_an_apps(url: str) -> None:
    assert url_kind(url) is UrlKind.APP


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/redirect",
        "//example.com",
        "/redirect",
        "https:/example.com",
        "https://",
        "https:///path",
        "https://example.com:port/",
        "https://example.com:70000/",
        "https://[::1",
        "http://example.com/",
        "http://8.8.8.8/",
        "http://127.0.0.1.example.com/",
        "mailto:ada@example.com",
        "1app://x",
    ],
)
def test_what_is_no_such_url_is_nothing(url: str) -> None:
    assert url_kind(url) is None


@pytest.mark.parametrize("scheme", ["javascript", "JavaScript", "data", "vbscript", "file", "blob", "about"])
def test_a_harmful_scheme_is_no_app(scheme: str) -> None:
    assert url_kind(f"{scheme}://example.com/%0aalert(1)") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://user:password@example.com/",
        "https://example.com@evil.example/",
        "https://example.com\\@evil.example/",
        "https://example.com/a b",
        "https://example.com/\r\nSet-Cookie: x=y",
        "https://example.com/\x00",
        "https://example.com/\u2028",
        "https://example.com/\ud800",
        "myapp://a b",
        " https://example.com/",
        "https://example.com/\n",
    ],
)
def test_a_url_that_means_two_things_or_breaks_a_header_is_nothing(url: str) -> None:
    assert url_kind(url) is None
