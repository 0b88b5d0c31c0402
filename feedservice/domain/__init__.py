"""Nouns and rules that every stage shares. Pure: no disk, clock or database; no other room."""
