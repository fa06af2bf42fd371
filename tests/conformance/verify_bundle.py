"""`python -m tests.conformance.verify_bundle [--page] [options] FILE`: the protocol, for our implementations.

Prints one line of JSON (specs/conformance.md §2). `--page` asks the page under node, not the Python verifier.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conformance.implementations import Question, ask_node, ask_python, parser


def main(arguments: list[str]) -> int:
    page = "--page" in arguments
    rest = [one for one in arguments if one != "--page"]
    question = Question(parser().parse_args(rest).file, tuple(rest[:-1]))
    if page:
        with tempfile.TemporaryDirectory() as folder:
            (answer,) = ask_node(Path(folder), [question])
    else:
        answer = ask_python(question)
    print(answer.line())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
