"""A visit as a person names it: by its id, or by the code or name of its subject."""

from __future__ import annotations

from ledger.commands import find
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError


def visit_named(facts: f.Facts, text: str) -> str:
    """The visit of this id, else the only one of the subject. Raises E-RESULT-WAITS, E-NAME-UNKNOWN,
    E-NAME-SEVERAL."""
    if facts.get(f.VISITS, text):
        return text
    held = [
        name
        for name, visit in facts.rows(f.VISITS)
        if visit.state != "voided" and visit.data["subject"] == text.upper()
    ]
    if len(held) == 1:
        return held[0]
    waits = [
        act.seq
        for _leaf, act in find.waiting_for(facts, "visit.recorded")
        if text
        in (act.data["subject"], find.names_at_freeze(facts, act.data["draw"]).get(act.data["subject"]))
    ]
    if waits:
        raise LiuhenError(
            "E-RESULT-WAITS",
            N_(
                "The visit of {subject} (entry {seq}) waits for its confirmation; it is published after that."
            ),
            remedy=N_("See who may confirm: liuhen confirm"),
            exit=Exit.REFUSED,
            subject=text,
            seq=waits[0],
        )
    live = [(name, visit) for name, visit in facts.rows(f.VISITS) if visit.state != "voided"]
    words = [(n, find.names_at_freeze(facts, v.data["draw"]).get(v.data["subject"], "")) for n, v in live]
    return find.one_named(text, words, "liuhen inspect show")
