"""The set, made once for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import build
from tests.conformance.answer import Answer
from tests.conformance.implementations import Question, ask_node, ask_python


@dataclass
class Built:
    """A folder of cases and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.manifest["cases"]
        return rows

    def question(self, row: dict[str, Any]) -> Question:
        return Question(self.folder / row["file"], tuple(row["options"]))

    @property
    def questions(self) -> list[Question]:
        return [self.question(row) for row in self.rows]

    @cached_property
    def by_python(self) -> list[Answer]:
        return [ask_python(question) for question in self.questions]

    @cached_property
    def by_node(self) -> list[Answer]:
        return ask_node(self.folder, self.questions)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Every case but the large ones."""
    folder = tmp_path_factory.mktemp("conformance")
    yield Built(folder, build.build(folder))
