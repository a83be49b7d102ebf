"""Run the application: `python -m examples.acme_invoices`."""

import os

import uvicorn

from examples.acme_invoices.app import acme_invoices
from examples.acme_invoices.settings import Settings

uvicorn.run(
    acme_invoices(Settings.of(os.environ)),
    host=os.environ.get("ACME_HOST", "127.0.0.1"),
    port=int(os.environ.get("ACME_PORT", "3000")),
)
