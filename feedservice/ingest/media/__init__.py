"""Where media are put for machines that have no content, and what puts them there."""
