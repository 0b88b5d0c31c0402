"""ARTICLES → INDEX.

The index is a cache of the files in an SQL database: one process writes (`writer`), everybody else
only reads (`reader`). SQL runs nowhere else; what may be asked is a `Selection`. Nothing here knows
files, feeds or HTTP.
"""
