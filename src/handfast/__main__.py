"""`python -m handfast` is the `handfast` command."""

from handfast.cli.main import main

main()
