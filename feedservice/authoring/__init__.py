"""The editor's tools: check, fix, new articles and sites, schemas. Works on the content folder,
without an index.
"""
