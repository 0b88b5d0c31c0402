"""``python -m feedservice``: the commands."""

from feedservice.cli import main

main()
