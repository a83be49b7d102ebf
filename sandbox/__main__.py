"""`python -m sandbox` is the command `vipps-sandbox`."""

from sandbox.cli import main

main()
