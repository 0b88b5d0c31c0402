"""The arrow INDEX → DOCUMENTS. Reads only; asks the index, lets `feeds` decide and render. Knows no
HTTP.
"""
