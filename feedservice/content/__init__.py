"""FILES → ARTICLES.

Pure modules turn text into values and `Problem`s; `files` and `watch` alone touch the disk. Nothing
here knows the index, feeds or HTTP. A file that cannot be used yields Problems and never hides a
good one.
"""
