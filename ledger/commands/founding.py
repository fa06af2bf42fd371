"""Founding a ledger: who is present, and what an interrupted founding may find (design §3, §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.book import Book
from ledger.commands.keys import Person
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_id, is_origin
from verifier.vocabulary import Role


@dataclass(frozen=True)
class Founding:
    """What a new ledger begins with; the first admin among `people` signs it."""

    origin: str
    office: str
    division: str
    people: tuple[Person, ...]
    after: dict[str, Value] | None = None
    """{ledger, size, root} of an earlier ledger whose entries are lost for good (design §4)"""

    @property
    def founder(self) -> Person:
        """The first admin. `check` has made sure that there is one."""
        return next(p for p in self.people if Role.ADMIN.value in p.roles)


def earlier(text: str) -> dict[str, Value]:
    """`ledger id:size:root hex` of an earlier ledger. Raises E-INIT-AFTER, exit 2."""
    ledger, _, head = "".join(text.split()).partition(":")
    size, _, root = head.partition(":")
    try:
        found: dict[str, Value] = {
            "ledger": bytes.fromhex(ledger),
            "size": int(size),
            "root": bytes.fromhex(root),
        }
        if len(ledger) != 64 or len(root) != 64 or int(size) < 1:
            raise ValueError(text)
    except ValueError as error:
        raise LiuhenError(
            "E-INIT-AFTER",
            N_("“{text}” does not name an earlier ledger and its last known head."),
            remedy=N_("Give ledger id, number of entries and root as printed, with colons between."),
            exit=Exit.USAGE,
            text=text,
        ) from error
    return found


def check(plan: Founding) -> None:
    """Refuse what could not become a ledger before any key is made: E-INIT-… and E-STORE-ORIGIN, exit 2."""
    if not is_origin(plan.origin):
        raise LiuhenError(
            "E-STORE-ORIGIN",
            N_("{origin} cannot name a ledger."),
            remedy=N_("Use lower-case host/path, for example example.gov.cn/2026."),
            exit=Exit.USAGE,
            origin=plan.origin,
        )
    if len(plan.division) != 6 or not (plan.division.isascii() and plan.division.isdigit()):
        raise LiuhenError(
            "E-INIT-DIVISION",
            N_("{division} is not a division code of 6 digits."),
            remedy=N_("Give the first six digits of the division code of GB/T 2260, such as 640221."),
            exit=Exit.USAGE,
            division=plan.division,
        )
    check_people(plan.people)
    if not any(Role.ADMIN.value in p.roles for p in plan.people):
        raise LiuhenError(
            "E-INIT-ADMIN",
            N_("Nobody present is an admin (管理员)."),
            remedy=N_("Name the people present with --people or --person; at least one is an admin."),
            exit=Exit.USAGE,
        )


def check_people(people: Sequence[Person]) -> None:
    """Ids and roles in their forms, nobody twice. Raises E-INIT-PERSON, E-INIT-TWICE (exit 2)."""
    seen: set[str] = set()
    for person in people:
        unknown = set(person.roles) - {role.value for role in Role}
        if not (is_id(person.holder) and is_id(person.unit)) or unknown:
            raise LiuhenError(
                "E-INIT-PERSON",
                N_("{holder}: id {holder}, unit {unit}, roles {roles} are not all allowed."),
                remedy=N_("Ids are letters, digits, . _ -; roles are {known}."),
                exit=Exit.USAGE,
                holder=person.holder,
                unit=person.unit,
                roles=", ".join(person.roles),
                known=", ".join(role.value for role in Role),
            )
        if person.holder.lower() in seen:
            raise LiuhenError(
                "E-INIT-TWICE",
                N_("{holder} is named twice."),
                remedy=N_("One person has one id; several roles stand together."),
                exit=Exit.USAGE,
                holder=person.holder,
            )
        seen.add(person.holder.lower())


def require_same(book: Book, plan: Founding) -> None:
    """The ledger that stands was founded so. Raises E-INIT-STANDS, exit 2."""
    facts = book.facts()
    ledger = facts.get(f.LEDGER, f.ONE)
    founders = {k.holder: (k.unit, set(k.roles)) for _, k in facts.rows(f.KEYS) if k.founder}
    wanted = {p.holder: (p.unit, set(p.roles)) for p in plan.people}
    same = ledger and (ledger.office, ledger.division) == (plan.office, plan.division)
    if same and wanted.items() <= founders.items():
        return
    raise LiuhenError(
        "E-INIT-STANDS",
        N_("This ledger was founded already, by {office} with {founders}."),
        where=str(book.store.path),
        remedy=N_("A ledger is founded once. Further people: liuhen key new"),
        exit=Exit.USAGE,
        office=ledger.office if ledger else "-",
        founders=", ".join(sorted(founders)) or "-",
    )


def require_unused(signers: Sequence[Signer]) -> None:
    """No key has acted in a ledger before: a new history of an old key is refused. Raises E-KEY-HISTORY."""
    for signer in signers:
        if signer.last_size or signer.last_head[0]:
            raise LiuhenError(
                "E-KEY-HISTORY",
                N_("This key has acted in a ledger already ({seen} entries), and cannot found another."),
                where=str(signer.info.path),
                remedy=N_("Find that ledger; for a new one give an empty folder for new keys (--keys)."),
                exit=Exit.KEY,
                seen=max(signer.last_size, signer.last_head[0]),
            )


def ledger_id(book: Book) -> str:
    """台账编号: the leaf hash of entry 0 in hex; empty before it."""
    ledger = book.facts().get(f.LEDGER, f.ONE)
    return ledger.id.hex() if ledger else ""
