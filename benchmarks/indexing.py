"""Times `feedservice index` over generated articles: from nothing, again, and after one change.

python -m benchmarks.indexing [COUNT]
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import generate


def timed(environment: dict[str, str]) -> tuple[float, str]:
    """Run the command; return seconds and what it printed."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "feedservice", "index"], env=environment, check=True, capture_output=True, text=True
    )
    return time.perf_counter() - begin, done.stdout.strip()


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as scratch:
        content = Path(scratch) / "content"
        begin = time.perf_counter()
        generate(content, count)
        print(f"{count} articles written in {time.perf_counter() - begin:.2f} s")
        environment = {
            **os.environ,
            "FEEDSERVICE_CONTENT": str(content),
            "FEEDSERVICE_STATE": str(Path(scratch) / "state"),
        }
        nothing, said = timed(environment)
        print(f"from nothing      {nothing:7.2f} s   {said}")
        again, said = timed(environment)
        print(f"again             {again:7.2f} s   {again / nothing:.3f} of it   {said}")
        changed = content / "section-0" / "0000000.md"
        changed.write_text(changed.read_text(encoding="utf-8") + "\nجملة جديدة.\n", encoding="utf-8")
        one, said = timed(environment)
        print(f"after one change  {one:7.2f} s   {one / nothing:.3f} of it   {said}")


if __name__ == "__main__":
    main()
