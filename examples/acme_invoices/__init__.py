"""Acme sends invoices with Vipps MobilePay: a small merchant application, to be tested against a sandbox.

It uses Vipps's own API and webhooks, and knows nothing of a sandbox: where Vipps is, the environment says. The bugs
that integrations have most often can be switched on, to see that a test finds them.
"""
