"""Foreign feeds, exports and folders → article files of ours.

Each source (`feed`, `wordpress`, `hugo`, `jekyll`, `pelican`) yields neutral `Imported` entries and
knows nothing of our files; `naming` and `mapping` decide what becomes of them and know nothing of
sources. Only `fetch` and `folder` touch the world, and `importer`, through `ContentFiles`.
"""
