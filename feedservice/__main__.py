"""``python -m feedservice``: the commands."""

from feedservice.cli.main import main

main()
