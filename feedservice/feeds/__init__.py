"""Articles → documents: `build` makes one neutral feed, and every format is rendered from it.

Everything is pure: no clock, no file, no request; what a document needs is handed in. A format is
one module with two functions (what an item becomes, what is around the items) and one line in
`formats.py`.
"""
