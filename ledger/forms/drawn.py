"""What forms say of a drawn subject: the subject as of the freeze, its team, visit and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.commands.draws import draw_of
from ledger.commands.find import names_at_freeze, teams_by_rank
from ledger.forms.form import Wanted
from ledger.forms.source import Source
from ledger.forms.wording import day_zh
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data
from verifier.vocabulary import REPLACEMENT_REASONS, RESULT_CODES

CORRECTED = "已更正"
FINE = frozenset({"01"})


@dataclass(frozen=True)
class Drawn:
    """A drawn subject. `record` and `officers` (id → record) are those before the freeze; `visit` is None
    until one took effect or waits for signatures."""

    draw: str
    number: int
    team: f.Team
    name: str
    record: Data
    officers: dict[str, Data]
    visit_id: str = ""
    visit: f.Visit | None = None

    def officer(self, name: str) -> str:
        return str(self.officers.get(name, {}).get("name", name))

    def people(self) -> list[str]:
        """Who went there; before the visit, who is to go."""
        return list(self.visit.data["officers"]) if self.visit else list(self.team.members())

    def names(self) -> str:
        return "、".join(map(self.officer, self.people()))

    def names_with_certificates(self) -> str:
        """`甲某（执法证号 …）` a person, a line each."""
        said = []
        for name in self.people():
            certificate = self.officers.get(name, {}).get("certificate", "")
            said.append(self.officer(name) + (f"（执法证号：{certificate}）" if certificate else ""))
        return "\n".join(said)

    def day(self) -> str:
        """Day of the visit, ISO; "" before it."""
        return str(self.visit.data["occurred"][:10]) if self.visit else ""

    def results(self) -> str:
        return "、".join(RESULT_CODES[code] for code in self.visit.data["results"]) if self.visit else ""

    def problems(self) -> str:
        """存在问题: the results that are none of “nothing found”, and what boxes say of their items."""
        if self.visit is None:
            return ""
        found = [RESULT_CODES[code] for code in self.visit.data["results"] if code not in FINE]
        if not found:
            return "无"
        said = [box["result"] for box in self.visit.data["items"] if box["ordered"] and box.get("result")]
        return "、".join(found) + (f"：{'；'.join(said)}" if said else "")

    def publication(self) -> str:
        if self.visit is None or not self.visit.published:
            return ""
        return f"{day_zh(self.visit.published)}公示"

    def remarks(self) -> str:
        """备注: who was replaced or came by 补抽, what was corrected."""
        said = [
            f"{self.officer(out)}{REPLACEMENT_REASONS[reason]}，由{self.officer(substitute)}递补"
            for _seat, out, reason, substitute in self.team.changes
        ]
        said += [f"{self.officer(one)}补抽" for _seat, _draw, one in self.team.filled]
        said += [f"{self.officer(officer)}由补抽 {draw} 派出" for _seat, draw, officer in self.team.filled]
        return "；".join(said + ([CORRECTED] if self.visit and self.visit.corrected else []))


def task_of(source: Source, draw: str) -> tuple[Data, Data]:
    """The task of a draw, and its row of the plan (empty when it left the plan)."""
    held = source.facts.get(f.TASKS, draw_of(source.facts, draw).task)
    task: Data = held.data if held else {}
    return task, source.record(f"plan.{task.get('plan', '')}", task.get("row", ""))


def items_of(source: Source, task: Data) -> list[Data]:
    """The records of a task's items, each with its `id`."""
    return [{"id": item, **source.record("items", item)} for item in task.get("items", ())]


def drawn(source: Source, wanted: Wanted) -> list[Drawn]:
    """The drawn subjects of `wanted.draw` by rank, those of `wanted.subjects` where some are named.

    Raises E-DRAW-UNKNOWN, and E-RECORD-SEALED where the openings of a sealed draw are not kept.
    """
    facts = source.facts
    held = draw_of(facts, wanted.draw)
    if held.sealed_outcome:
        raise sealed_fault(wanted.draw)
    teams = teams_by_rank(facts, wanted.draw)
    people = set(_people(source, wanted.draw, teams))
    officers = source.records_as_of("officers", people, held.seq)
    subjects = source.records_as_of("subjects", {team.subject for team in teams}, held.seq)
    names = names_at_freeze(facts, wanted.draw)
    rows = []
    for number, team in enumerate(teams, 1):
        if wanted.subjects and team.subject not in wanted.subjects:
            continue
        ref = facts.get(f.VISIT_OF, f"{wanted.draw}/{team.subject}")
        visit = facts.get(f.VISITS, ref.key) if ref else None
        rows.append(
            Drawn(
                wanted.draw,
                number,
                team,
                names.get(team.subject, team.subject),
                subjects.get(team.subject, {}),
                officers,
                ref.key if ref and visit else "",
                visit,
            )
        )
    return rows


def sealed_fault(draw: str) -> LiuhenError:
    """E-RECORD-SEALED: nobody can print here what the draw gave."""
    return LiuhenError(
        "E-RECORD-SEALED",
        N_("The result of draw {draw} is sealed, and its openings are not kept in this file."),
        remedy=N_("Use the ledger file of the office that drew, or unseal it there: liuhen draw unseal"),
        exit=Exit.REFUSED,
        draw=draw,
    )


def _people(source: Source, draw: str, teams: list[f.Team]) -> Iterator[str]:
    frozen = source.facts.get(f.FROZEN, draw)
    if frozen:
        yield from (officer for officer, _, _ in frozen.officers)
    for team in teams:
        yield from (*team.seats, *team.members(), *(row[3] for row in team.changes))
        ref = source.facts.get(f.VISIT_OF, f"{draw}/{team.subject}")
        visit = source.facts.get(f.VISITS, ref.key) if ref else None
        if visit:
            yield from visit.data["officers"]
