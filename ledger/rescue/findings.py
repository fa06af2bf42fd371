"""What `doctor` may find: a stable code, what it means for the office, and the command that comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from verifier.errors import N_


class Grade(StrEnum):
    """How grave a finding is."""

    STANDS = "stands"
    NOTE = "note"
    DAMAGED = "damaged"
    OTHER = "other"


@dataclass(frozen=True)
class Kind:
    """A kind of finding; texts are message ids with the parameters of the finding."""

    grade: Grade
    what: str
    means: str
    step: str = ""


@dataclass(frozen=True)
class Finding:
    """Something found. `code` is a key of `KINDS`."""

    code: str
    params: Mapping[str, object]

    @property
    def kind(self) -> Kind:
        return KINDS[self.code]


REPAIR = "liuhen repair --to {new}"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "D-FILE-MAGIC": Kind(
            Grade.DAMAGED,
            N_("The file does not begin as a ledger file does."),
            N_("Its first page is damaged, or it is another file. Later pages may still hold entries."),
            REPAIR,
        ),
        "D-FILE-CUT": Kind(
            Grade.DAMAGED,
            N_("The file is cut short: {held} of {declared} pages are there."),
            N_("What stood at its end is not in it. A copy may hold it."),
            REPAIR,
        ),
        "D-FILE-PAGES": Kind(
            Grade.DAMAGED,
            N_("SQLite finds the file damaged: {reason}"),
            N_("A disk or a USB stick is failing, or another program wrote into the file."),
            REPAIR,
        ),
        "D-FILE-LAYOUT": Kind(
            Grade.DAMAGED,
            N_("Tables or triggers are not as this program makes them: {names}"),
            N_("The file was changed with another program: what keeps entries from being changed is gone."),
            REPAIR,
        ),
        "D-FILE-NEWER": Kind(
            Grade.DAMAGED,
            N_("The file says that a newer version of the program made it."),
            N_("Install the newer version. When there is none, the page that says so is damaged."),
            "liuhen --version",
        ),
        "D-HEAD-ROW": Kind(
            Grade.DAMAGED,
            N_("The head row is not that of the entries: {reason}"),
            N_("It can be made again from the entries; but look whether entries are missing at the end."),
            REPAIR,
        ),
        "D-CHAIN-STANDS": Kind(
            Grade.STANDS,
            N_("Entries 0–{last} stand: bytes, chain, signatures and root {root} were computed again."),
            N_("What they say is unharmed."),
        ),
        "D-CHAIN-MISSING": Kind(
            Grade.DAMAGED,
            N_("Entry {seq} is missing or cannot be read."),
            N_("The chain ends before it. A copy or a bundle may hold it."),
            REPAIR,
        ),
        "D-CHAIN-CHANGED": Kind(
            Grade.DAMAGED,
            N_("Entry {seq} is not what was written: {reason}"),
            N_("It was damaged or changed; it is not believed. A copy or a bundle may hold the true one."),
            REPAIR,
        ),
        "D-CHAIN-BEYOND": Kind(
            Grade.DAMAGED,
            N_("Entries {seqs} can still be read, but do not join the chain."),
            N_("They stand again as soon as a copy or a bundle gives what lies between."),
            REPAIR,
        ),
        "D-CHAIN-LEAF": Kind(
            Grade.DAMAGED,
            N_("The hashes beside entries {seqs} are not theirs."),
            N_("The entries are unharmed; the column beside them was damaged or changed."),
            REPAIR,
        ),
        "D-RULES": Kind(
            Grade.NOTE,
            N_("Entries {seqs} were written although a rule does not allow them."),
            N_("That is no damage but evidence: repair keeps them."),
            "liuhen verify",
        ),
        "D-VIEWS": Kind(
            Grade.NOTE,
            N_("The facts kept beside the entries are not those of the entries."),
            N_("Nothing is lost: they are made anew from the entries at the next step."),
            "liuhen todo",
        ),
        "D-OPENINGS-STRAY": Kind(
            Grade.DAMAGED,
            N_("{n} private values open no private field of the chain."),
            N_("They were damaged or changed, or belong to entries that are missing."),
            REPAIR,
        ),
        "D-OPENINGS-LACK": Kind(
            Grade.NOTE,
            N_("{n} private fields have no value here and no entry says that it was erased."),
            N_("On another computer that is usual; in the office's own ledger values were lost."),
            REPAIR,
        ),
        "D-KEY-FILE": Kind(
            Grade.DAMAGED,
            N_("A key file is damaged: {path}"),
            N_("Take its second copy. Without one the key is revoked and a new one enrolled."),
            "liuhen key list",
        ),
        "D-UNREAD": Kind(
            Grade.NOTE,
            N_("{path} cannot be read ({reason})."),
            N_("What it says was not looked at. Let someone look who may read it."),
        ),
        "D-KEY-OPEN": Kind(
            Grade.NOTE,
            N_("Others on this computer can read or exchange a key file: {path}"),
            N_("They can try passphrases on a copy of it. Only its holder should be able to read it."),
            "liuhen key protect",
        ),
        "D-KEY-LOG": Kind(
            Grade.NOTE,
            N_("The log key in force is not in {folders}."),
            N_("Bundles and signed heads need it. Who has it lays it there, or the log key is changed."),
            "liuhen key list",
        ),
        "D-JOURNAL": Kind(
            Grade.NOTE,
            N_("The newest entries stand in a journal beside the file ({pages} pages): {path}"),
            N_("It belongs to the ledger. Never delete, move or copy one of them alone."),
            "liuhen backup",
        ),
        "D-JOURNAL-BAD": Kind(
            Grade.NOTE,
            N_("The journal beside the file holds nothing that was committed: {path}"),
            N_("A power cut leaves that behind; or it was damaged, and the newest entries with it."),
            "liuhen log list",
        ),
        "D-DRAFT": Kind(
            Grade.NOTE,
            N_("Something was cut short and left a draft: {path}"),
            N_("It is no ledger and no key. It may be deleted when no liuhen is running."),
        ),
        "D-BACKUP-GOOD": Kind(
            Grade.STANDS,
            N_("The copy {path} is sound: {n} entries of this ledger."),
            N_("What it holds can be brought back."),
        ),
        "D-BACKUP-BAD": Kind(
            Grade.NOTE,
            N_("The copy {path} cannot be used: {reason}"),
            N_("Make a new copy, on another disk."),
            "liuhen backup",
        ),
        "D-BACKUP-NONE": Kind(
            Grade.NOTE,
            N_("No copy is at hand."),
            N_("When the disk fails everything is lost. Look for sticks and disks with .backup files."),
            "liuhen backup",
        ),
        "D-HEADS-GOOD": Kind(
            Grade.STANDS,
            N_("The head of {n} entries that {who} signed is of this history."),
            N_("Up to there nothing was taken away or exchanged."),
        ),
        "D-LEDGER-OTHER": Kind(
            Grade.OTHER,
            N_("This is another ledger ({origin}) than that of which {who} speaks."),
            N_("Nobody altered a history: a file lies in the wrong place. Look for the one that was here."),
            "liuhen log show 0",
        ),
        "D-HEADS-BEHIND": Kind(
            Grade.DAMAGED,
            N_("{who} has seen {n} entries, but only {held} stand here."),
            N_("Entries are missing. To go on writing would begin a second history, which is noticed."),
            REPAIR,
        ),
        "D-HEADS-FORK": Kind(
            Grade.DAMAGED,
            N_("{who} has seen another history: at {n} entries not the same head."),
            N_("Two histories of one ledger are evidence. Keep everything and tell the supervisor."),
            "liuhen cosign compare",
        ),
    }
)
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "shape": N_("its bytes are not in the form of an entry"),
        "origin": N_("it is of another ledger"),
        "chain": N_("it does not name the entry before it"),
        "signature": N_("its signature does not hold"),
        "missing": N_("it is not there"),
        "size": N_("it counts {told} entries, and {held} stand"),
        "root": N_("its hash or root is not theirs"),
        "unreadable": N_("it cannot be read"),
    }
)
"""Why an entry or the head row is not believed."""
