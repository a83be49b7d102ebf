"""Vipps's own wire: one package per API, each with `models`, `routes` and `problems`, behind one `gateway`."""
