"""`python -m soi.cli` is `soi`."""

from soi.cli import main

main()
