"""The result of a draw as people want to watch it: seed, strata, who was drawn, who goes there."""

from __future__ import annotations

from cli.i18n import _
from cli.table import table
from cli.words import said
from ledger.commands import find
from ledger.commands.draws import draw_of
from ledger.forms.digits import grouped
from verifier import draw as lot
from verifier import facts as f
from verifier.vocabulary import REPLACEMENT_REASONS

TICKET_SHOWN = 16


def result_lines(facts: f.Facts, name: str) -> list[str]:
    """Everything a completed draw gave; of a sealed one that cannot be opened here only that."""
    draw = draw_of(facts, name)
    if draw.state == "executed" and not draw.outcome:
        return [_("The result is sealed, and its openings are not kept in this file.")]
    return [*_seed(facts, draw), *_strata(draw), "", *_drawn(facts, name, draw), *_changes(facts, name)]


def _seed(facts: f.Facts, draw: f.Draw) -> list[str]:
    task = facts.get(f.TASKS, draw.task)
    lines = []
    if "seed" in draw.outcome:
        lines.append(_("Seed: {seed}").format(seed=grouped(draw.outcome["seed"])))
    if draw.value and draw.value != "none":
        lines.append(_("Public value: {form}").format(form=draw.value))
    g = task.outcomes if task else 0
    if draw.parties:
        told = _("Outcomes that insiders could choose from (g): {g}")
        lines.append(told.format(g=g) + (_(" — clean") if g == 1 else ""))
    return lines


def _strata(draw: f.Draw) -> list[str]:
    lines = []
    for s in draw.outcome.get("strata", ()):
        told = _("Stratum {id}: {k} of {n} drawn").format(id=s["id"], k=s["k"], n=s["n"])
        if "cut" in s:
            told += _(", cut at random number {cut} …").format(cut=grouped(s["cut"][:TICKET_SHOWN]))
        lines.append(told)
    return lines


def _drawn(facts: f.Facts, name: str, draw: f.Draw) -> list[str]:
    names = find.names_at_freeze(facts, name)
    several = len(draw.question["strata"]) > 1
    seed = draw.outcome.get("seed")
    rows, groups = [], dict[tuple[str, ...], int]()
    for team in find.teams_by_rank(facts, name):
        ticket = grouped(lot.ticket_subject(seed, team.subject)[:TICKET_SHOWN]) if seed else "-"
        rank = f"{team.stratum} {team.rank}" if several else str(team.rank)
        who = team_words(facts, team)
        if draw.question["teams"] == "groups":
            who = _("Group {n}").format(n=groups.setdefault(team.seats, len(groups) + 1))
        rows.append((rank, names.get(team.subject, ""), team.subject, ticket, who))
    header = (_("Rank"), _("Name"), _("Code"), _("Random number"), _("Team (leader first)"))
    if not rows:
        return [_("Nobody was drawn.")]
    return [*table(header, rows), *(group_words(facts, n, seats) for seats, n in groups.items())]


def group_words(facts: f.Facts, number: int, seats: tuple[str, ...]) -> str:
    """A standing group as it was drawn; who was replaced for one visit is told apart."""
    members = "、".join(find.officer_name(facts, officer) for officer in seats)
    return _("Group {n}: {members}").format(n=number, members=members)


def team_words(facts: f.Facts, team: f.Team) -> str:
    """The lawful members by name, the leader first."""
    return "、".join(find.officer_name(facts, officer) for officer in team.members()) or "-"


def _changes(facts: f.Facts, name: str) -> list[str]:
    names = find.names_at_freeze(facts, name)
    lines = []
    for team in find.teams_by_rank(facts, name):
        for seat, out, reason, substitute in team.changes:
            told = _("Replaced at {subject}, seat {seat}: {out} → {substitute} ({reason})")
            lines.append(
                told.format(
                    subject=names.get(team.subject, team.subject),
                    seat=seat,
                    out=find.officer_name(facts, out),
                    substitute=find.officer_name(facts, substitute),
                    reason=said(REPLACEMENT_REASONS, reason),
                )
            )
        for seat, draw, officer in team.filled:
            told = _("Filled at {subject}, seat {seat}: {officer} (补抽 {draw})")
            lines.append(
                told.format(
                    subject=names.get(team.subject, team.subject),
                    seat=seat or _("all"),
                    officer=find.officer_name(facts, officer),
                    draw=draw,
                )
            )
        members = team.members()
        for officer in team.must_replace:
            if officer in members:
                told = _("To be replaced before the visit of {subject}: {officer} (conflict of interest)")
                officer_words = find.officer_name(facts, officer)
                lines.append(
                    told.format(subject=names.get(team.subject, team.subject), officer=officer_words)
                )
    return lines


def result_data(facts: f.Facts, name: str) -> dict[str, object]:
    """The same for `--json`; random numbers whole."""
    draw = draw_of(facts, name)
    task = facts.get(f.TASKS, draw.task)
    names = find.names_at_freeze(facts, name)
    seed = draw.outcome.get("seed")
    return {
        "draw": name,
        "task": draw.task,
        "state": draw.state,
        "m": draw.m,
        "g": task.outcomes if task else 0,
        "sealed": draw.question["sealed"],
        "public": draw.value or draw.question["public"],
        "parties": [{"key": key, "holder": holder} for key, holder in draw.parties.items()],
        "strata": draw.outcome.get("strata") or draw.question["strata"],
        **({"seed": seed} if seed else {}),
        "drawn": [
            {
                "stratum": team.stratum,
                "rank": team.rank,
                "subject": team.subject,
                "name": names.get(team.subject, ""),
                **({"ticket": lot.ticket_subject(seed, team.subject)} if seed else {}),
                "seats": list(team.seats),
                "team": list(team.members()),
                "must_replace": [o for o in team.must_replace if o in team.members()],
                "filled": [[seat, draw, officer] for seat, draw, officer in team.filled],
            }
            for team in find.teams_by_rank(facts, name)
        ],
    }
