"""feedservice: article files in, Arabic feeds out (RSS 2.0, Atom 1.0, JSON Feed 1.1)."""

__version__ = "0.1.0"
