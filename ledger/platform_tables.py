"""Tables for a platform: rows of the ledger under the columns of a map, as .xlsx or .csv.

A row is a map of the fields of `ledger.column_maps.FIELDS`; what a field has nothing for is an empty cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ledger.column_maps import FIXED, MapTable
from ledger.commands import find
from ledger.exporting import percent
from verifier import facts as f
from verifier.drawfiles import guarded
from verifier.facts import Data, Facts
from verifier.vocabulary import CHANNELS, METHODS, RESULT_CODES

Row = Mapping[str, str]
JOINT = "、"
_CREATED = datetime(2000, 1, 1)
_WAYS = {"directed": "定向", "undirected": "不定向"}


def plan_rows(facts: Facts, plan: str) -> Iterator[Row]:
    """The rows of a plan, by their number."""
    held = [row.record for _, row in facts.rows(f.register(f"plan.{plan}"))]
    office = _office(facts)
    for record in sorted(held, key=lambda r: int(r["no"])):
        months = [record["since"]] if "since" in record else []
        yield {
            "no": str(record["no"]),
            "plan": plan,
            "plan_name": record["plan_name"],
            "task_name": record["task_name"],
            "plan_no": record.get("plan_no", ""),
            "task_no": record.get("task_no", ""),
            "text": "\n".join(record["text"]),
            "objects": record["objects"],
            "rate": record.get("rate_text") or percent(record["p"], record["q"]),
            "way": _WAYS[record["draw"]],
            "organiser": record["organiser"],
            "executor": record["executor"],
            "partners": JOINT.join(record.get("partners", ())),
            "lead": record.get("lead", ""),
            "period": "至".join([*months, record["until"]]),
            "office": office,
        }


def pool_rows(facts: Facts, draw: str) -> Iterator[Row]:
    """The frozen list of a draw, for a platform that draws from it."""
    frozen = facts.get(f.FROZEN, draw)
    common = _common(facts, draw)
    for number, (stratum, subject, name) in enumerate(frozen.pool if frozen else (), 1):
        yield {**common, **_subject(facts, subject, name), "no": str(number), "stratum": stratum}


def draw_rows(facts: Facts, draw: str) -> Iterator[Row]:
    """The drawn subjects with the teams as they are, by stratum and rank."""
    names = find.names_at_freeze(facts, draw)
    common = _common(facts, draw)
    for number, team in enumerate(find.teams_by_rank(facts, draw), 1):
        yield {
            **common,
            **_subject(facts, team.subject, names.get(team.subject, "")),
            **_team(facts, team.members()),
            "no": str(number),
            "stratum": team.stratum,
            "rank": str(team.rank),
        }


def result_rows(facts: Facts, draw: str, channels: Mapping[str, str]) -> Iterator[Row]:
    """The published results of a draw; `channels` by visit. What is private is not here."""
    names = find.names_at_freeze(facts, draw)
    common = _common(facts, draw)
    held = [(visit.seq, name, visit) for name, visit in facts.rows(f.VISITS)]
    mine = [(name, v) for _, name, v in sorted(held, key=lambda one: one[0]) if v.data["draw"] == draw]
    for number, (name, visit) in enumerate(((n, v) for n, v in mine if v.state == "published"), 1):
        d = visit.data
        yield {
            **common,
            **_subject(facts, d["subject"], names.get(d["subject"], "")),
            **_team(facts, d["officers"]),
            "no": str(number),
            "visit": name,
            "checked": d["occurred"][:10],
            "methods": JOINT.join(METHODS[m] for m in d["methods"]),
            "items": JOINT.join(_item(facts, row["item"]) for row in d["items"]),
            "results": JOINT.join(d["results"]),
            "results_text": JOINT.join(RESULT_CODES[r] for r in d["results"]),
            "channel": CHANNELS.get(channels.get(name, ""), ""),
            "published": visit.published,
        }


def _office(facts: Facts) -> str:
    ledger = facts.get(f.LEDGER, f.ONE)
    return ledger.office if ledger else ""


def _common(facts: Facts, name: str) -> dict[str, str]:
    draw = facts.get(f.DRAWS, name)
    task = facts.get(f.TASKS, draw.task) if draw else None
    if draw is None or task is None:
        return {}
    row = facts.get(f.register(f"plan.{task.data['plan']}"), task.data["row"])
    record: Data = row.record if row else {}
    return {
        "draw": name,
        "task": draw.task,
        "plan": task.data["plan"],
        "date": (draw.executed_time or draw.time)[:10],
        "office": _office(facts),
        **{key: record.get(key, "") for key in ("plan_name", "task_name", "plan_no", "task_no")},
    }


def _subject(facts: Facts, subject: str, name: str) -> dict[str, str]:
    row = facts.get(f.register("subjects"), subject)
    record: Data = row.record if row else {}
    return {
        "code": subject,
        "name": name or record.get("name", ""),
        **{key: record.get(key, "") for key in ("address", "district")},
        "risk": record.get("risk_text") or record.get("risk", ""),
    }


def _team(facts: Facts, members: Sequence[str]) -> dict[str, str]:
    held = [facts.get(f.register("officers"), officer) for officer in members]
    names = [find.officer_name(facts, officer) for officer in members]
    units = [row.record.get("department_name") or row.record["department"] for row in held if row]
    return {
        "leader": names[0] if names else "",
        "officers": JOINT.join(names),
        "officer_ids": JOINT.join(members),
        "certificates": JOINT.join(row.record["certificate"] for row in held if row),
        "departments": JOINT.join(dict.fromkeys(units)),
        **{f"officer{number}": name for number, name in enumerate(names[:9], 1)},
    }


def _item(facts: Facts, item: str) -> str:
    row = facts.get(f.register("items"), item)
    return "".join(row.record["text"]) if row else item


def cells(table: MapTable, row: Row) -> list[str]:
    """One row under the columns of a map."""
    return [
        name.removeprefix(FIXED) if name.startswith(FIXED) else row.get(name, "") for _, name in table.columns
    ]


def written(table: MapTable, rows: Sequence[Row], *, as_csv: bool) -> bytes:
    """The file: header and rows, every cell text, in a CSV led by a quote where it would be a formula.
    Two runs give the same bytes."""
    titles = [title for title, _ in table.columns]
    lines = [titles, *(cells(table, row) for row in rows)]
    if as_csv:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([guarded(cell) for cell in line] for line in lines)
        return text.getvalue().encode("utf-8-sig")
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": _CREATED})
        style = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(table.sheet or None)
        for number, line in enumerate(lines):
            for position, text_ in enumerate(line):
                sheet.write_string(number, position, text_, style)
        sheet.set_column(0, len(titles) - 1, 20, style)
        sheet.freeze_panes(1, 0)
    return target.getvalue()
