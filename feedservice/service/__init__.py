"""Processes: the writer and its supervisor, WebSub, metrics, and the wiring that constructs
everything.
"""
