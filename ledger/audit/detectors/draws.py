"""What a draw was made of and what became of it: narrow pools, soft draws that shelter, draws begun again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ledger.audit.detectors.ceremonies import Ceremony, ceremonies
from ledger.audit.detectors.doubt import Doubt, Limits, Value, detector
from ledger.audit.detectors.past import Past, Step
from ledger.audit.words import listed
from verifier import draw as lot
from verifier import facts as f
from verifier.errors import LiuhenError
from verifier.facts import Data
from verifier.law.draws import seed_of
from verifier.law.identity import inspected, same
from verifier.law.question import pools
from verifier.law.tasks import task_rate
from verifier.vocabulary import ABORT_CAUSES

_NARROW = "pool.narrow"
_SHELTER = "draw.sheltering"
_REPEATED = "draw.repeated"
_LIGHT_METHODS = {"documents", "network"}


@detector(_NARROW)
def narrow_pools(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Draws whose conditions name hardly any enterprise, 定向 draws of small pools that take nearly all of
    them, and strata so small that rounding draws them nearly whole."""
    share, few, most = (limits[f"{_NARROW}.{name}"] for name in ("share", "few", "most"))
    for one in ceremonies(past):
        strata = one.question["strata"]
        n, k = sum(s["n"] for s in strata), sum(s["k"] for s in strata)
        if not one.chosen or not one.draw.parties or one.draw.state == "aborted" or n == 0:
            continue
        values: dict[str, Value] = {"draw": one.id, "n": n, "k": k, "conditions": _conditions(strata)}
        entries, about = (one.freeze.seq,), (one.id, one.freeze.data["task"], one.freeze.holder)
        p, q = task_rate(one.task)
        low = p * 100 < share * q and one.question["rounding"] == "ceil"
        tight = [s for s in strata if s["n"] and s["k"] * 100 >= share * s["n"]]
        if n <= few or (n <= most and k * 100 >= share * n and _directed(past, one)):
            yield Doubt(_NARROW, entries, about, {**values, "wider": _wider(past, one)}, "found_few", k / n)
        elif low and tight:
            told = "、".join(f"{s['id']} {s['k']}/{s['n']}" for s in tight)
            yield Doubt(_NARROW, entries, about, {**values, "strata": told, "p": p, "q": q})


def _directed(past: Past, one: Ceremony) -> bool:
    """Whether the plan row lets further conditions be set (定向, R081)."""
    row = past.facts.get(f.register(f"plan.{one.task['plan']}"), one.task["row"])
    return row is not None and row.record["draw"] == "directed"


def _wider(past: Past, one: Ceremony) -> int:
    """Enterprises of the list today that have the tags of the pool, whatever the further conditions."""
    tags = {tag for s in one.question["strata"] for tag in s["filter"].get("tags", ())}
    rows = past.facts.rows(f.register("subjects"))
    return sum(
        row.record["status"] == "active" and not tags.isdisjoint(row.record.get("tags", ()))
        for _, row in rows
    )


def _conditions(strata: Sequence[Data]) -> str:
    held = {f"{name}={'/'.join(values)}" for s in strata for name, values in s["filter"].items()}
    return "、".join(sorted(held)) or "-"


@detector(_SHELTER)
def sheltered(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Enterprises excluded from a draw as inspected this year, whose ticket would have been drawn in it, and
    what the ledger knows of that inspection: nothing, no draw, or one that hardly weighed."""
    years: dict[str, Mapping[str, Sequence[tuple[str, str, str]]]] = {}
    acts = {(s.data["task"], s.data["subject"]): s for s in past.of("task.excluded")}
    by_id = {one.id: one for one in ceremonies(past)}
    for one in by_id.values():
        task = one.freeze.data["task"]
        for key, row in past.facts.rows(f.EXCLUSIONS, f"{task}/"):
            subject = key.removeprefix(f"{task}/")
            if row.reason != "drawn-this-year" or not one.chosen or row.seq > one.freeze.seq:
                continue
            year = one.freeze.day[:4]
            if year not in years:
                years[year] = inspected(past.facts, int(year))
            known = [i for i in years[year].get(subject, ()) if i[0] <= one.freeze.day and i[2] != one.id]
            found = _soft(past, by_id, subject, known, limits[f"{_SHELTER}.share"])
            record = past.record_at("subjects", subject, one.freeze.seq)
            if found is None or not one.would_draw(record, subject):
                continue
            variant, more, entries = found
            act = acts.get((task, subject))
            first = act.seq if act is not None else one.freeze.seq
            yield Doubt(
                _SHELTER,
                (first, one.freeze.seq, *entries),
                (one.id, subject, *([act.holder] if act else ())),
                {"subject": subject, "draw": one.id, "year": year, **more},
                variant,
            )


_Soft = tuple[str, dict[str, Value], tuple[int, ...]]


def _soft(
    past: Past,
    by_id: Mapping[str, Ceremony],
    subject: str,
    known: Sequence[tuple[str, str, str]],
    share: int,
) -> _Soft | None:
    """The variant, values and entries of a doubt when none of the inspections of a year weighed much."""
    if not known:
        return "found_unknown", {}, ()
    draws = [by_id[name] for _, by, name in known if by == "own" and name in by_id]
    if not draws:
        checks = [past.facts.get(f.CHECKS, name) for _, by, name in known if by == "unplanned"]
        if len(checks) < len(known):
            return None
        seqs = tuple(check.seq for check in checks if check is not None)
        return "found_check", {"n": len(checks), "day": known[0][0]}, seqs
    for one in draws:
        team = next(
            (t for s in same(past.facts, subject) if (t := past.facts.get(f.TEAMS, f"{one.id}/{s}"))), None
        )
        if team is None:
            return None
        k, n = one.chance(team.stratum)
        light = _on_paper_only(past, one.id, subject)
        if not light and k * 100 < share * n:
            return None
        found: dict[str, Value] = {"soft": one.id, "k": k, "n": n}
    return "found_light" if light else "found", found, (one.freeze.seq, one.draw.executed)


def _on_paper_only(past: Past, draw: str, subject: str) -> bool:
    """Whether the visit of a drawn subject was by documents or network alone."""
    ref = past.facts.get(f.VISIT_OF, f"{draw}/{subject}")
    visit = past.facts.get(f.VISITS, ref.key) if ref else None
    return visit is not None and set(visit.data["methods"]) <= _LIGHT_METHODS


@detector(_REPEATED)
def drawn_again(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Draws given up after every party had sealed its number, who asked for it and what came of it; and
    people who ask for it again and again, at whatever step."""
    acts: dict[str, Step] = {}
    for step in past.of("draw.aborted"):
        if past.confirmed(step):
            acts.setdefault(step.data["draw"], step)
    later: dict[str, list[Ceremony]] = defaultdict(list)
    asked: dict[str, list[Step]] = defaultdict(list)
    for one in ceremonies(past):
        later[one.freeze.data["task"]].append(one)
        if one.draw.state == "aborted" and one.id in acts:
            asked[acts[one.id].holder].append(acts[one.id])
    for drawn in later.values():
        for place, one in enumerate(drawn):
            sealed = bool(one.draw.parties) and one.draw.commits.keys() == one.draw.parties.keys()
            if one.draw.state == "aborted" and sealed and one.id in acts:
                yield _given_up(past, one, acts[one.id], drawn[place + 1 :])
    for holder, steps in asked.items():
        if len(steps) >= limits[f"{_REPEATED}.asked"]:
            names = [str(step.data["draw"]) for step in steps]
            seqs = tuple(step.seq for step in steps)
            values: dict[str, Value] = {"holder": holder, "n": len(steps), "draws": listed(names, "次")}
            times = len(steps) / max(1, limits[f"{_REPEATED}.asked"])
            yield Doubt(_REPEATED, seqs, (holder, *names), values, "found_holder", times)


def _given_up(past: Past, one: Ceremony, act: Step, later: Sequence[Ceremony]) -> Doubt:
    """An abort after the last commit: weighs more after a reveal, most when the seed was already fixed."""
    made = next((c for c in later if c.draw.state in ("executed", "recorded")), None)
    cause = str(act.data["cause"])
    values: dict[str, Value] = {
        "draw": one.id,
        "task": one.freeze.data["task"],
        "holder": act.holder,
        "when": act.time[:16].replace("T", " "),
        "confirmed": listed([step.holder for step in past.confirmed(act)], "人"),
        "cause": (ABORT_CAUSES[cause], cause),
        "reveals": len(one.draw.reveals),
        "parties": len(one.draw.parties),
        "next": made.id if made else "-",
    }
    entries = [act.seq, one.freeze.seq, *([made.draw.executed] if made else [])]
    about = [one.id, one.freeze.data["task"], act.holder]
    variant = "found_revealed" if one.draw.reveals else "found"
    lost = _would_have_been(past, one)
    if lost and made is not None:
        now = {t.subject for _, t in past.facts.rows(f.TEAMS, f"{made.id}/")}
        escaped = [s for s in lost if s not in now]
        values |= {"n": len(lost), "escaped": len(escaped), "names": listed(escaped)}
        variant, about = "found_known", [*about, *escaped]
    weight = 1.0 + (len(one.draw.reveals) / len(one.draw.parties)) * 2
    return Doubt(_REPEATED, tuple(entries), tuple(about), values, variant, weight)


def _would_have_been(past: Past, one: Ceremony) -> list[str]:
    """Who would have been drawn with the numbers opened before the abort; nobody while one is missing."""
    frozen = past.facts.get(f.FROZEN, one.id)
    if frozen is None or one.draw.reveals.keys() != one.draw.parties.keys() or not one.draw.valued:
        return []
    seed = seed_of(one.id, one.draw)
    if seed is None:
        return []
    try:
        drawn = lot.draw_subjects(seed, pools(frozen, one.question["strata"]))
    except LiuhenError:
        return []
    return list(drawn.in_order)
