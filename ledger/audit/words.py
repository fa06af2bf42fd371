"""Entries in words for reports: who stood behind one, what it did; in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable

from verifier import facts as f
from verifier import schema
from verifier.entry import Entry
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.statement import from_value
from verifier.wording import Language, Text, printable

_ABOUT = ("holder", "plan", "task", "draw", "subject", "officer", "visit", "check", "register", "policy")
_BY_FILE = {"zh": "（签署文件）", "en": " (by file)"}


def person(facts: Facts, key: bytes) -> str:
    """`name id` of the holder of a key id; the beginning of the id where it was never enrolled."""
    known = facts.get(f.KEYS, key.hex())
    if known is None:
        return key.hex()[:16]
    held = facts.get(f.HOLDERS, known.holder)
    return printable(f"{held.name} {known.holder}" if held and held.name else known.holder)


def who(facts: Facts, entry: Entry, lang: Language = "zh") -> str:
    """Who stands behind an entry: its actor, or the signer of the file that it carries."""
    held = entry.body.data.get("statement")
    if held is None:
        return person(facts, entry.body.actor)
    try:
        return person(facts, from_value(held).by) + _BY_FILE[lang]
    except LiuhenError:
        return "?"


def signed_by(facts: Facts, entry: Entry) -> str:
    """The holder who stands behind an entry; "" where it is not known."""
    held = entry.body.data.get("statement")
    try:
        key = from_value(held).by if held is not None else entry.body.actor
    except LiuhenError:
        return ""
    known = facts.get(f.KEYS, key.hex())
    return known.holder if known else ""


def kind(type_: str, lang: Language = "zh") -> str:
    """What a type of entry is called; in English the type itself."""
    known = schema.EVENTS.get(type_)
    return known.zh if known and lang == "zh" else printable(type_)


def about(entry: Entry) -> str:
    """The ids that an entry names, in a line."""
    data = entry.body.data
    return printable(" ".join(str(data[name]) for name in _ABOUT if isinstance(data.get(name), str)), 100)


def clock(time: str) -> str:
    """A time of an entry without what is always the same."""
    return printable(time.replace("T", " ").removesuffix("+08:00"))


def listed(ids: Iterable[str], unit: str = "家", most: int = 5) -> tuple[str, str]:
    """Names in a sentence: the first few of many, and how many there are (in Chinese counted in `unit`)."""
    held = list(ids)
    more = len(held) - most
    if more <= 0:
        return "、".join(held) or "无", ", ".join(held) or "none"
    return f"{'、'.join(held[:most])} 等 {len(held)} {unit}", f"{', '.join(held[:most])} and {more} more"


def filled(text: Text, **params: object) -> Text:
    """A template with its values; a pair among them is Chinese and English."""
    zh, en = ({k: v[at] if isinstance(v, tuple) else v for k, v in params.items()} for at in (0, 1))
    return Text(text.say("zh", **zh), text.say("en", **en))
