"""Nouns and rules that every stage shares. Pure: no disk, no clock, no database; imports nothing
above it.
"""
