"""Make the set: `python -m tests.conformance OUT [--all] [--manifest]`.

Writes one zip a case and manifest.json into the folder OUT; `--all` the large cases too. `--manifest` also
renews tests/conformance/manifest.json, which is what every run must give.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.conformance.build import MANIFEST, build, dump


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("out", type=Path)
    parser.add_argument("--all", action="store_true", help="the large cases too")
    parser.add_argument("--manifest", action="store_true", help="renew the committed manifest (with --all)")
    told = parser.parse_args(arguments)
    manifest = build(told.out, large=told.all or told.manifest)
    (told.out / "manifest.json").write_text(dump(manifest), encoding="utf-8")
    if told.manifest:
        MANIFEST.write_text(dump(manifest), encoding="utf-8")
    print(f"{len(manifest['cases'])} cases in {told.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
