"""How many cosigners make a head final: the policy file of C2SP tlog-policy.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member>…
    quorum <name>|none

Items stand apart by spaces or tabs; lines that begin with `#` are comments. A name is defined above the line
that uses it, and is a member of one group at most, so each cosigner counts in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.errors import N_, Malformed
from verifier.note import Algorithm, Vkey

MAX_POLICY = 65_536
NONE = "none"
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Witness:
    """A cosigner by its name in the file; `url` is where it is asked, "" when by file only."""

    name: str
    vkey: Vkey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Counts as having cosigned when at least `least` of its members have."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A read policy. `logs` may be empty: then any log will do."""

    quorum: str
    logs: tuple[Vkey, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = field(default=())

    def accepts_log(self, vkey: Vkey) -> bool:
        return not self.logs or vkey in self.logs

    def satisfied(self, cosigned: Callable[[Vkey], bool]) -> bool:
        """Whether the quorum is met, given which cosigners have signed."""
        met = {w.name: cosigned(w.vkey) for w in self.witnesses}
        for group in self.groups:
            met[group.name] = sum(met[member] for member in group.members) >= group.least
        return self.quorum == NONE or met[self.quorum]

    def counted(self) -> tuple[Witness, ...]:
        """The witnesses whose cosignature can matter to the quorum."""
        reached, waiting = set(), [self.quorum]
        groups = {group.name: group for group in self.groups}
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting += groups[name].members if name in groups else ()
        return tuple(w for w in self.witnesses if w.name in reached)


def parse(data: bytes) -> Policy:
    """Read a policy file. Malformed (E-POLICY-FILE) names the line."""
    if len(data) > MAX_POLICY or any((b < 0x20 and b not in (9, 10)) or b == 0x7F for b in data):
        raise _bad(0, N_("A policy file is text of at most 64 KiB, without control characters."))
    return _Reader().read(data)


class _Reader:
    """The lines read so far."""

    def __init__(self) -> None:
        self.logs: list[Vkey] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.defined: set[str] = {NONE}
        self.used: set[str] = set()
        self.quorum = ""

    def read(self, data: bytes) -> Policy:
        # Names are octets (tlog-policy, “Character set”); what is no UTF-8 among them is shown escaped.
        for number, line in enumerate(data.decode("utf-8", "backslashreplace").split("\n"), 1):
            items = line.replace("\t", " ").split(" ")
            items = [item for item in items if item]
            if not items or items[0].startswith("#"):
                continue
            read = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
            if items[0] not in read:
                raise _bad(number, N_("A line begins with log, witness, group, quorum or #."))
            fault = read[items[0]](items[1:])
            if fault:
                raise _bad(number, fault)
        if not self.quorum:
            raise _bad(0, N_("There is no line “quorum …”."))
        return Policy(self.quorum, tuple(self.logs), tuple(self.witnesses), tuple(self.groups))

    def _log(self, items: list[str]) -> str:
        vkey = _vkey(items[0], Algorithm.LOG) if 1 <= len(items) <= 2 else None
        if vkey is None:
            return N_("A log is “log <vkey> [<url>]”, its key of type 1 (Ed25519).")
        if any(vkey.public == one.public for one in self.logs):
            return N_("The same key stands twice.")
        self.logs.append(vkey)
        return ""

    def _witness(self, items: list[str]) -> str:
        vkey = _vkey(items[1], Algorithm.COSIGNATURE) if 2 <= len(items) <= 3 else None
        if vkey is None:
            return N_("A cosigner is “witness <name> <vkey> [<url>]”, its key of type 4 (cosignature).")
        if any(vkey.public == one.vkey.public for one in self.witnesses):
            return N_("The same key stands twice.")
        self.witnesses.append(Witness(items[0], vkey, items[2] if len(items) == 3 else ""))
        return self._define(items[0])

    def _group(self, items: list[str]) -> str:
        members = items[2:]
        if not members or not (items[1] in ("all", "any") or _COUNT.fullmatch(items[1])):
            return N_("A group is “group <name> all|any|<k> <member> …”.")
        least = {"all": len(members), "any": 1}.get(items[1]) or int(items[1])
        if least > len(members):
            return N_("A group asks for more members than it has.")
        for member in members:
            if member not in self.defined or member == NONE:
                return N_("A member is a witness or group defined above.")
            if member in self.used:
                return N_("A name is a member of one group only.")
            self.used.add(member)
        self.groups.append(Group(items[0], least, tuple(members)))
        return self._define(items[0])

    def _quorum(self, items: list[str]) -> str:
        if self.quorum or len(items) != 1:
            return N_("There is one line “quorum <name>”.")
        if items[0] not in self.defined:
            return N_("A quorum is a witness or group defined above, or none.")
        self.quorum = items[0]
        return ""

    def _define(self, name: str) -> str:
        if name in self.defined:
            return N_("A name is defined once.")
        self.defined.add(name)
        return ""


def _vkey(text: str, algorithm: Algorithm) -> Vkey | None:
    try:
        vkey = Vkey.parse(text)
    except Malformed:
        return None
    return vkey if vkey.algorithm is algorithm else None


def _bad(line: int, why: str) -> Malformed:
    return Malformed(
        "E-POLICY-FILE",
        why,
        where=f"policy:{line}" if line else "policy",
        remedy=N_("The form of the file stands in specs/cosigning.md."),
    )
