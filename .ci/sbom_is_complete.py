"""Whether an SBOM names every package of a lock file, and nothing else: LOCK SBOM."""

import json
import re
import sys
from pathlib import Path

lock, sbom = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])
pinned = re.findall(r"^([a-z0-9.-]+)(?:\[[^]]*\])?==(\S+)", lock, re.MULTILINE)
hashes = set(re.findall("--hash=sha256:([0-9a-f]{64})", lock))
components = json.loads(sbom)["components"]
named = {(each["name"], each["version"]) for each in components}
told = {
    each["content"]
    for component in components
    for reference in component["externalReferences"]
    for each in reference.get("hashes", ())
}
assert pinned, "the lock file pins nothing"
assert named == set(pinned), named ^ set(pinned)
assert told == hashes, f"{len(told)} hashes of {len(hashes)}"
print(f"the SBOM has all of {len(pinned)} packages and {len(hashes)} hashes")
