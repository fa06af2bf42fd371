"""`python -m verifier.page [TARGET]`: writes verify.html (build/verify.html unless told otherwise)."""

from __future__ import annotations

import sys
from pathlib import Path

from verifier.page.build import html


def main(arguments: list[str]) -> int:
    """Write the page; exit code 0."""
    target = Path(arguments[0] if arguments else "build/verify.html")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(html())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
