"""The index → people: they are told when something is wrong for long, and when it is over."""
