"""DOCUMENTS → RESPONSES: the only room that knows Flask. Views are short; HTTP is in `respond`."""
