"""Forgeries around cosigners: draws that do not wait for them, and lines that are not theirs."""

from __future__ import annotations

from tests.cosigner import line_over
from tests.forgery import Forged, Forger, Stories, forgery
from tests.office import ORIGIN
from verifier.checkpoint import Checkpoint
from verifier.merkle import leaf_hash, root

CLERK = "clerk"


def _data(forger: Forger, size: int, name: str = "") -> dict[str, object]:
    """`head.cosigned` over the first `size` entries, by the cosigner of the tests or one of another name."""
    head = Checkpoint(ORIGIN, size, root(leaf_hash(raw) for raw in forger.raw[:size]))
    line = line_over(head).line().removesuffix("\n")
    return {"size": size, "root": head.root, "line": line.replace("audit.", name) if name else line}


@forgery("draw.cosigned", CLERK, "seals random numbers before a cosigner has seen the frozen question")
def does_not_wait(stories: Stories) -> Forged:
    story = stories.cosigned()
    forger = story.before("head.cosigned")
    forger.append(story.office.clerk, "draw.committed", _commit(stories, forger))
    return forger.forged()


@forgery("draw.cosigned", CLERK, "shows the cosigner the log as it was before the freeze")
def cosigned_too_early(stories: Stories) -> Forged:
    story = stories.cosigned()
    forger = story.before("head.cosigned")
    forger.append(story.office.clerk, "head.cosigned", _data(forger, len(forger.raw) - 1), "heads")
    forger.append(story.office.clerk, "draw.committed", _commit(stories, forger))
    return forger.forged()


@forgery("log.cosigners", CLERK, "records the line of a cosigner whom the ledger does not name")
def line_of_a_stranger(stories: Stories) -> Forged:
    story = stories.cosigned()
    forger = story.whole()
    forger.append(story.office.clerk, "head.cosigned", _data(forger, 5, "other."), "heads")
    return forger.forged()


def _commit(stories: Stories, forger: Forger) -> dict[str, object]:
    """The honest first commitment, of the draw as it is frozen in this chain."""
    data = dict(stories.cosigned().data("draw.committed"))
    frozen = next(e for e in forger.chain if e.body.type == "draw.frozen")
    return {**data, "m": frozen.leaf.hex()}
