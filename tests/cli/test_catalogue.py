"""Every message has its Chinese, the compiled files are current, and the glossary's words are kept."""

from __future__ import annotations

import gettext
import io
import re
from pathlib import Path

import pytest

from cli import catalogue
from cli.i18n import CLICK_DOMAIN, DOMAIN

GLOSSARY = catalogue.ROOT / "specs" / "glossary.md"
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def po(tmp_path: Path, name: str, *messages: tuple[str, str]) -> Path:
    path = tmp_path / name
    path.write_text(HEADER + "\n".join(f'msgid "{a}"\nmsgstr "{b}"\n' for a, b in messages), "utf-8")
    return path


def words_not_used() -> dict[str, list[str]]:
    """Each word with the longer words in which it is itself again."""
    section = GLOSSARY.read_text("utf-8").split("## Words not used")[1]
    rows = re.findall(r"^\| ([一-鿿]+) \| [^|]+ \| ?([^|]*) ?\|$", section, re.M)
    return {word: [other.strip() for other in others.split("、") if other.strip()] for word, others in rows}


def refused(text: str) -> bool:
    for word, others in words_not_used().items():
        rest = text
        for other in others:
            rest = rest.replace(other, "")
        if word in rest:
            return True
    return False


@pytest.fixture(scope="module")
def faults() -> list[catalogue.Fault]:
    """Of the catalogues as they are."""
    return list(catalogue.check())


@pytest.mark.parametrize("kind", ["missing", "clash", "fields", "stale"])
def test_the_catalogues_have_no_fault_of_kind(faults: list[catalogue.Fault], kind: str) -> None:
    assert [str(fault) for fault in faults if fault.kind == kind] == []


def test_the_glossary_names_the_words_that_are_not_used() -> None:
    assert list(words_not_used()) == ["承诺", "揭示", "冻结", "票", "池", "操纵"]
    assert [refused(text) for text in ("票", "彩票", "彩票的票", "电池", "待抽池")] == [
        True,
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("domain", [DOMAIN, CLICK_DOMAIN])
def test_no_message_uses_a_word_that_the_glossary_refuses(domain: str) -> None:
    messages, _faults = catalogue.translated(catalogue.po_paths(domain))
    texts = [text for value in messages.values() for text in ((value,) if isinstance(value, str) else value)]
    assert texts
    assert [text for text in texts if refused(text)] == []


def test_two_files_that_translate_a_message_differently_are_named(tmp_path: Path) -> None:
    files = [po(tmp_path, "a.po", ("Head", "台账指纹")), po(tmp_path, "b.po", ("Head", "头"))]
    _messages, faults = catalogue.translated(files)
    assert [(fault.kind, fault.place) for fault in faults] == [("clash", "b.po")]


@pytest.mark.parametrize(
    ("template", "text", "sound"),
    [
        ("Row {row}", "第 {row} 行", True),
        ("Row {row}", "第几行", False),
        ("Row {row}", "第 {raw} 行", False),
        ("{a} of {b}", "{b} 之 {a}", True),
        ("Nothing", "{", False),
    ],
)
def test_a_translation_keeps_the_fields_of_its_template(
    tmp_path: Path, template: str, text: str, sound: bool
) -> None:
    _messages, faults = catalogue.translated([po(tmp_path, "a.po", (template, text))])
    assert [fault.kind for fault in faults] == ([] if sound else ["fields"])


def test_messages_are_found_where_they_are_marked(tmp_path: Path) -> None:
    for package in catalogue.PACKAGES:
        (tmp_path / package).mkdir()
    source = 'N_("one " "two")\n_("three")\n_(four)\nngettext("a thing", "{n} things", n)\nother("five")\n'
    (tmp_path / "ledger" / "a.py").write_text(source, "utf-8")
    assert set(catalogue.marked(tmp_path)) == {"one two", "three", ("a thing", "{n} things")}
    assert set(catalogue.marked(tmp_path).values()) == {"ledger/a.py"}


def test_a_compiled_catalogue_is_what_gettext_reads_and_the_same_every_time() -> None:
    messages: catalogue.Messages = {"Row {row}": "第 {row} 行", ("a thing", "{n} things"): ("{n} 件",)}
    compiled = catalogue.compiled(messages)
    assert compiled == catalogue.compiled(dict(reversed(messages.items())))
    read = gettext.GNUTranslations(io.BytesIO(compiled))
    assert read.gettext("Row {row}") == "第 {row} 行"
    assert read.ngettext("a thing", "{n} things", 1) == "{n} 件"
