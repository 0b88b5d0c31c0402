"""Editors elsewhere: Micropub requests → article files of the content folder."""
