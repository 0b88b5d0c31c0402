"""What templates of a content folder may use. Pure; docs/templates.md promises it.

Of jinja2's filters these are here whose result is not much larger than what they are given, and
always the same.
"""

import re

FOLDER = "templates"
OURS = "ours"
"""Before a slash and a name: our template, where the site has its own of that name."""
MAX_LENGTH = 65_536
"""Characters of a template."""
MAX_TEMPLATES = 32
FILTERS = frozenset(
    (
        "abs as_json capitalize count d default dictsort direction e escape first float "
        "forceescape format_label groupby int isolated items join last length list lower map "
        "marked max min open_graph_locale reject rejectattr render replace reverse safe select "
        "selectattr sort string striptags title told trim truncate unique upper urlencode "
        "wordcount"
    ).split()
)
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}\.html")
