"""Aborted draws of a task: who asked, when, why, how far the draw had come, and who confirmed it (R094)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ledger.audit import words
from ledger.audit.source import Source
from verifier import entry as entries
from verifier import facts as f
from verifier.entry import Entry
from verifier.errors import Malformed
from verifier.facts import Facts
from verifier.vocabulary import ABORT_CAUSES
from verifier.wording import Text, printable


@dataclass(frozen=True)
class Abort:
    """A draw that was given up: the entry that asked for it, those that confirmed it, and its draw."""

    entry: Entry
    confirmed: tuple[Entry, ...]
    draw: f.Draw

    @property
    def seqs(self) -> tuple[int, ...]:
        return (self.entry.body.seq, *(one.body.seq for one in self.confirmed))

    def text(self, facts: Facts) -> Text:
        """The abort as a sentence."""
        data, time = self.entry.body.data, words.clock(self.entry.body.time)
        cause = str(data["cause"])
        by = [(words.who(facts, one, "zh"), words.who(facts, one, "en"), one.body) for one in self.confirmed]
        zh = "；".join(f"{who} 于 {words.clock(body.time)} 确认（第 {body.seq} 条）" for who, _, body in by)
        en = "; ".join(
            f"confirmed by {who} at {words.clock(body.time)} (entry {body.seq})" for _, who, body in by
        )
        return words.filled(
            _ABORTED,
            draw=printable(str(data["draw"])),
            who=(words.who(facts, self.entry, "zh"), words.who(facts, self.entry, "en")),
            time=time,
            seq=self.entry.body.seq,
            cause=(ABORT_CAUSES.get(cause, cause), cause),
            step=step(self.draw),
            confirmed=(zh or "无人确认", en or "confirmed by nobody"),
        )


_ABORTED = Text(
    "抽查 {draw}：{who} 于 {time} 提出中止（第 {seq} 条，原因：{cause}），当时{step}；{confirmed}。",
    "Draw {draw}: {who} asked at {time} to give it up (entry {seq}, cause: {cause}), when {step}; "
    "{confirmed}.",
)


def step(draw: f.Draw) -> tuple[str, str]:
    """How far a draw had come: Chinese, English."""
    parties, commits, reveals = len(draw.parties), len(draw.commits), len(draw.reveals)
    if parties and reveals == parties:
        return "各方都已启封、结果已定", "every number was open and the result fixed"
    if reveals:
        return (
            f"{parties} 方中 {reveals} 方已启封，未启封的一方已能算出结果",
            f"{reveals} of {parties} numbers were open, and whoever kept the last could compute the result",
        )
    if parties and commits == parties:
        return "各方都已封存随机数、尚未启封", "every number was sealed and none open"
    return f"{parties} 方中 {commits} 方已封存随机数", f"{commits} of {parties} numbers were sealed"


def aborts(source: Source, facts: Facts, tasks: Collection[str]) -> list[Abort]:
    """The aborted draws of these tasks, in order, as far as the entries can be read."""
    draws = {
        name: draw for name, draw in facts.rows(f.DRAWS) if draw.state == "aborted" and draw.task in tasks
    }
    acts: dict[bytes, Entry] = {}
    answers: dict[bytes, list[Entry]] = {}
    for one in _read(source) if draws else ():
        data = one.body.data
        if one.body.type == "draw.aborted" and data.get("draw") in draws:
            acts[one.leaf] = one
        elif one.body.type == "confirmed" and isinstance(of := data.get("of"), bytes) and of in acts:
            answers.setdefault(of, []).append(one)
    return [
        Abort(one, tuple(answers.get(leaf, ())), draws[str(one.body.data["draw"])])
        for leaf, one in acts.items()
    ]


def _read(source: Source) -> Iterator[Entry]:
    try:
        for raw in source.read():
            try:
                yield entries.parse(raw)
            except Malformed:
                continue
    except Malformed:
        return  # the log breaks off before: what was read is told
