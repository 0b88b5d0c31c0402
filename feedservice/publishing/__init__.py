"""INDEX → DOCUMENTS: asks a snapshot of the index, lets `feeds` render. Knows no HTTP."""
