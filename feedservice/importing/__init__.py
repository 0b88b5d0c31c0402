"""Foreign feeds, exports and folders → article files of ours.

Each reader (`feed`, `wordpress`, `hugo`, `jekyll`, `pelican`) yields neutral `ForeignEntry` values
and knows nothing of our files; `naming` and `article_file` decide what becomes of them and know
nothing of sources. Only `fetch`, `opening` and `source_folder` touch the world, and `importer`,
through `ContentFiles`.
"""
