"""Brings what the desk in the browser is made of from npm packages into the package's data.

Sveltia CMS as it is published asks two hosts for its letters, its translations and its newest
version; here each of these is beside it. Whatever it asks for besides, the desk's policy forbids.
"""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

STATIC = Path(__file__).parent.parent / "feedservice" / "web" / "static" / "desk"
CMS, YAML = "@sveltia/cms", "js-yaml"
PINS = {
    CMS: (
        "0.221.1",
        "sha512-J+Qoik9kGMk2L7vNpOQrnDmFRi+NB6vwJ0f657YtsxWH0P8WYSYRRSRC2pQ/jGGbVlM//Pg/WIgmkpswqoo3gQ==",
    ),
    YAML: (
        "4.1.1",
        "sha512-qQKT4zQxXl8lLwBtHMWwaTcGfFOZviOJet3Oy/xmGk2gZH677CJM9EvtfdSkgWcATZhj/55JZ0rmy3myCT5lsA==",
    ),
}
FILES = {
    CMS: {
        "dist/sveltia-cms.js": "sveltia-cms.js",
        "locales/ar.json": "ar.json",
        "LICENSE.txt": "sveltia-cms.LICENSE.txt",
        "npm/assets/material-symbols-outlined-latin-wght-normal-*.woff2": "symbols.woff2",
        "npm/assets/material-symbols-outlined.LICENSE.txt": "symbols.LICENSE.txt",
    },
    YAML: {"dist/js-yaml.min.js": "js-yaml.min.js", "LICENSE": "js-yaml.LICENSE.txt"},
}
FONTS = r"url\(https://cdn\.jsdelivr\.net/fontsource/fonts/"
HERE = (
    (FONTS + r"material-symbols-outlined[^)]*\)", "url(desk/symbols.woff2)"),
    (FONTS + r"source-sans-3[^)]*\)\s+format\('woff2-variations'\)", "local('Source Sans 3')"),
    (FONTS + r"noto-mono[^)]*\)\s+format\('woff2'\)", "local('Noto Mono')"),
    (r"`\$\{\w+\}@\$\{\w+\}/locales`", "`desk`"),
    (r"`https://unpkg\.com/@sveltia/cms`", "`desk`"),
    (r"\n//# sourceMappingURL=\S+", ""),
    # A parser of files is told the path, too: the folder of an article is its category.
    (r"(=\w+\.get\(\w+\)\?\.parser;if\((\w+)\)return \2\(e)\)", r"\1,t)"),
)
"""What Sveltia asks others for, and what it is to ask us for; each is there once."""


def main() -> None:
    """Write the files, and what they are."""
    STATIC.mkdir(exist_ok=True)
    for package, names in FILES.items():
        with (
            tempfile.TemporaryDirectory() as scratch,
            tarfile.open(packed(package, scratch)) as tar,
        ):
            for path, name in names.items():
                pattern = re.escape(f"package/{path}").replace(r"\*", "[^/]*")
                [member] = [each for each in tar.getnames() if re.fullmatch(pattern, each)]
                data = tar.extractfile(member).read()
                (STATIC / name).write_bytes(ours(data) if name == "sveltia-cms.js" else data)
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(STATIC.iterdir())
        if path.name in {name for names in FILES.values() for name in names.values()}
    }
    told = {
        "version": PINS[CMS][0],
        "packages": {f"{name}@{version}": digest for name, (version, digest) in PINS.items()},
        "sha256": digests,
    }
    (STATIC / "package.json").write_text(json.dumps(told, indent=2) + "\n")


def packed(package: str, folder: str) -> Path:
    """Fetch a package, which must be the one that was looked at."""
    version, integrity = PINS[package]
    asked = ("npm", "pack", f"{package}@{version}", "--pack-destination", folder, "--silent")
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)
    [path] = Path(folder).iterdir()
    found = "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if found != integrity:
        raise SystemExit(f"{package}: {found} is not {integrity}")
    return path


def ours(script: bytes) -> bytes:
    """Return the script with what it asks others for asked of us."""
    text = script.decode()
    for pattern, put in HERE:
        text, times = re.subn(pattern, put, text)
        if times != 1:
            raise SystemExit(f"{pattern}: found {times} times")
    return text.encode()


main()
