"""The editor's tools: check, fix, new articles and sites, schemas.

They work on the content folder, without an index.
"""
