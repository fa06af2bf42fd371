"""What the 附件6 record of a draw says, taken from the ledger (R101): a projection, nothing typed again.

Names, addresses and certificates are those of the freeze. The teams are as drawn; who was replaced since
stands beside the seat.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.commands.draws import draw_of
from ledger.commands.find import names_at_freeze, teams_by_rank
from ledger.forms import record
from ledger.forms.drawn import sealed_fault
from ledger.forms.form import Letter, Wanted
from ledger.forms.record import DrawRecord, Member, Officer, Reserve, Subject, TeamRow
from ledger.forms.source import Source
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data
from verifier.law.joined import fills_of
from verifier.law.outcome import reserves, seated_in_groups
from verifier.law.question import officers_of, seat_check, seats_of
from verifier.teams import ANY
from verifier.vocabulary import CAPACITIES, REPLACEMENT_REASONS

LEADER, MEMBER, SUBSTITUTE, FILLED = "组长", "组员", "递补", "补抽"


def fill(source: Source, wanted: Wanted) -> Letter:
    """The form 附件6 of `wanted.draw`."""
    return record.letter(draw_record(source, wanted.draw))


def draw_record(source: Source, name: str) -> DrawRecord:
    """The record of a completed draw. Raises E-DRAW-UNKNOWN, E-RECORD-EARLY, and E-RECORD-SEALED where the
    openings of a sealed draw are not kept."""
    facts = source.facts
    draw = draw_of(facts, name)
    frozen = facts.get(f.FROZEN, name)
    if draw.state != "executed" or frozen is None:
        raise LiuhenError(
            "E-RECORD-EARLY",
            N_("Draw {draw} has no result of this ledger to record."),
            remedy=N_("See how far it is: liuhen draw show {draw}"),
            exit=Exit.REFUSED,
            draw=name,
        )
    if not draw.outcome:
        raise sealed_fault(name)
    teams = teams_by_rank(facts, name)
    people = {o for team in teams for o in team.seats} | {officer for officer, _, _ in frozen.officers}
    people |= {officer for team in teams for _, _, officer in team.filled}
    officers = source.records_as_of("officers", people, draw.seq)
    subjects = source.records_as_of("subjects", {team.subject for team in teams}, draw.seq)
    names = names_at_freeze(facts, name)
    seated = seated_in_groups(draw, frozen)
    drawn = dict.fromkeys(o for team in teams for o in team.seats)
    return DrawRecord(
        unit=source.ledger.office,
        date=_date(draw.executed_time),
        officers=[
            Officer(_name(officers, o), str(officers.get(o, {}).get("certificate", ""))) for o in drawn
        ],
        subjects=[
            Subject(names.get(t.subject, ""), str(subjects.get(t.subject, {}).get("address", "")))
            for t in teams
        ],
        draw_id=name,
        ledger_id=source.ledger.id.hex(),
        head=source.head,
        practice=source.practice,
        remarks=_remarks(facts, name, draw, frozen),
        teams=[
            TeamRow(
                names.get(t.subject, ""),
                t.subject,
                _members(t, officers),
                _reserves(draw, frozen, t, seated, officers),
            )
            for t in teams
        ],
    )


def _remarks(facts: f.Facts, name: str, draw: f.Draw, frozen: f.Frozen) -> str:
    """What the lot did not decide, who watched, what was printed before it was public."""
    fills = fills_of(facts, name)
    said = [f"本次为补抽，为摇号{fills['draw']}中空缺的席位抽取检查人员。"] if fills else []
    if not fills and all(s["n"] == s["k"] for s in draw.question["strata"]):
        said.append("全数检查，只抽取检查人员。")
    if seat_check(draw.question, frozen).all_sent:
        said.append("检查人员人数与席位相同，无须抽取，全员派出。")
    return "".join([*said, *_guests(facts, name), *_copies(facts, name)])


def _guests(facts: f.Facts, name: str) -> Iterator[str]:
    """Who was invited and watched without a key (R012)."""
    people = [
        f"{one['name']}（{said}）" if "name" in one else f"（{said}）"
        for _, row in facts.rows(f.ATTENDANCES, f"{name}/")
        for one in row.people
        for said in [f"{one['org']}，{CAPACITIES[one['capacity']]}"]
    ]
    if people:
        yield f"到场见证：{'、'.join(people)}。"


def _copies(facts: f.Facts, name: str) -> Iterator[str]:
    """Copies of the list printed while it was sealed."""
    rows = [row for _, row in facts.rows(f.PRINTINGS, f"{name}/")]
    if rows:
        said = "、".join(f"{row.purpose} {row.copies} 份" for row in rows)
        yield f"公开前打印 {sum(row.copies for row in rows)} 份（{said}）。"


def _members(team: f.Team, officers: dict[str, Data]) -> list[Member]:
    left = {(seat, out): REPLACEMENT_REASONS[reason] for seat, out, reason, _ in team.changes}
    rows = []
    for seat, officer in enumerate(team.seats, 1):
        role = LEADER if seat == 1 else MEMBER
        if reason := left.get((seat, officer)):
            role = f"{role}（{reason}）"
        rows.append(_member(seat, role, officer, officers))
    rows += [_member(seat, SUBSTITUTE, substitute, officers) for seat, _, _, substitute in team.changes]
    joined = enumerate(team.filled, 1)
    return rows + [_member(seat or place, FILLED, officer, officers) for place, (seat, _, officer) in joined]


def _member(seat: int, role: str, officer: str, officers: dict[str, Data]) -> Member:
    record = officers.get(officer, {})
    certificate = str(record.get("certificate", ""))
    return Member(seat, role, _name(officers, officer), department_of(record), certificate)


def department_of(record: Data) -> str:
    """The printed name of an officer's department."""
    return str(record.get("department_name") or record.get("department", ""))


def _name(officers: dict[str, Data], officer: str) -> str:
    return str(officers.get(officer, {}).get("name", officer))


def _reserves(
    draw: f.Draw, frozen: f.Frozen, team: f.Team, seated: tuple[str, ...], officers: dict[str, Data]
) -> list[Reserve]:
    """递补顺序 by seat class, as it stood at the draw."""
    seats = seats_of(draw.question)
    departments = {o.id: o.department for o in officers_of(frozen)}
    printed = {departments[o]: department_of(officers.get(o, {})) for o in sorted(departments, reverse=True)}
    rows, number = [], 1
    for seat in seats:
        follow = reserves(draw, frozen, team, number, seated)
        words = printed.get(seat.department) or seat.department
        if seat.qualification != ANY:
            words = f"{words}（{seat.qualification}）"
        rows.append(Reserve(words, [_name(officers, o) for o in follow]))
        number += seat.count
    return rows


def _date(time: str) -> str:
    """`2026年 3月 2日` of an entry's time."""
    year, month, day = (int(part) for part in time[:10].split("-"))
    return f"{year}年{month:2}月{day:2}日"
