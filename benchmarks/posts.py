"""The reference for webhooks: bare POSTs of a webhook's size by the same HTTP client, 32 at once.

Run as `python -m benchmarks.posts URL TIMES`; prints how many seconds they took.
"""

import asyncio
import sys
import time
from typing import Final

import httpx

__all__: list[str] = []

_AT_ONCE: Final = 32  # as many as a sales unit runs
_BODY: Final = b'{"msn":"654321","reference":"acme-shop-000000001"' + 200 * b" " + b"}"
_HEADERS: Final = {"Content-Type": "application/json; charset=utf-8", "Authorization": 160 * "a"}


async def _post(url: str, times: int) -> float:
    left = iter(range(times))

    async def one_after_the_other() -> None:
        # A pool of connections each, as in the sandbox: a pool gets slow with the number of its connections.
        async with httpx.AsyncHTTPTransport(verify=False) as transport:
            for _ in left:
                response = await transport.handle_async_request(
                    httpx.Request("POST", url, headers=_HEADERS, content=_BODY)
                )
                await response.aread()
                await response.aclose()

    begun = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))
    return time.perf_counter() - begun


if __name__ == "__main__":
    if sys.platform == "win32":
        print(asyncio.run(_post(sys.argv[1], int(sys.argv[2]))))
    else:
        import uvloop  # what the sandbox's server runs on, too

        print(uvloop.run(_post(sys.argv[1], int(sys.argv[2]))))
