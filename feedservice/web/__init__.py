"""DOCUMENTS → RESPONSES: the only part that knows Flask. Views are short; what HTTP wants is said
in `respond`.
"""
