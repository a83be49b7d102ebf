"""What the application remembers: its invoices, and the secret of its webhook."""

import sqlite3
from dataclasses import dataclass

__all__ = ["Invoice", "Store"]

_TABLES = """
create table if not exists invoices (
  number text primary key, amount integer not null, phone text not null, state text not null,
  capture_key text not null
);
create table if not exists webhook (id integer primary key check (id = 1), secret text not null);
"""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice; *amount* in øre, *state* is open, paid or failed."""

    number: str
    amount: int
    phone: str
    state: str
    capture_key: str  # the Idempotency-Key of its capture, made once

    @property
    def reference(self) -> str:
        """What Vipps knows it by."""
        return f"acme-invoice-{self.number}"


class Store:
    """The database."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript(_TABLES)

    def add(self, invoice: Invoice) -> bool:
        """Keep a new invoice; tell whether there was none with its number."""
        row = (invoice.number, invoice.amount, invoice.phone, invoice.state, invoice.capture_key)
        return self._database.execute("insert or ignore into invoices values (?, ?, ?, ?, ?)", row).rowcount == 1

    def find(self, number: str) -> Invoice | None:
        row = self._database.execute("select * from invoices where number = ?", (number,)).fetchone()
        return None if row is None else Invoice(*row)

    def mark(self, number: str, state: str) -> None:
        self._database.execute("update invoices set state = ? where number = ?", (state, number))

    def keep_phone(self, number: str, phone: str) -> None:
        self._database.execute("update invoices set phone = ? where number = ?", (phone, number))

    @property
    def webhook_secret(self) -> str:
        row = self._database.execute("select secret from webhook").fetchone()
        return "" if row is None else str(row[0])

    @webhook_secret.setter
    def webhook_secret(self, secret: str) -> None:
        self._database.execute("insert or replace into webhook values (1, ?)", (secret,))

    def close(self) -> None:
        self._database.close()
