"""The example application on a real socket, with a sandbox for its Vipps."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import uvicorn

from examples.acme_invoices.app import acme_invoices
from examples.acme_invoices.settings import Bug, Settings

__all__ = ["acme"]


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def acme(sandbox: str, msn: str, *bugs: Bug) -> Iterator[str]:
    """Run the application; give its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(
            vipps_url=sandbox,
            client_id="acme",
            client_secret="acme-secret",
            subscription_key="acme-key",
            msn=msn,
            own_url=url,
            bugs=frozenset(bugs),
        )
        server = _Server(uvicorn.Config(acme_invoices(settings), log_config=None, lifespan="on"))
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            assert server.ready.wait(20), "the application did not start"
            yield url
        finally:
            server.should_exit = True
            thread.join()
