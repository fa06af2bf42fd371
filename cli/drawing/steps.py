"""How far a draw has come, in words: who is still missing, and the command that goes on."""

from __future__ import annotations

from dataclasses import dataclass

from cli.desk import holder_name
from cli.i18n import _
from cli.typed import acting, confirm_step, confirming
from cli.words import said
from ledger.commands import find
from ledger.commands.draws import draw_of, stage
from verifier import facts as f
from verifier.errors import N_
from verifier.law.heads import cosigners_missing
from verifier.vocabulary import ABORT_CAUSES

STATES = {
    "frozen": N_("open"),
    "executed": N_("drawn"),
    "recorded": N_("drawn by another platform"),
    "aborted": N_("aborted"),
}
WATCHERS = ("supervisor", "observer")


@dataclass(frozen=True)
class Standing:
    """Where a draw stands: a line for people, and the next command."""

    line: str
    next_step: str


def standing(facts: f.Facts, name: str) -> Standing:
    """What is left to do for a draw."""
    draw = draw_of(facts, name)
    if draw.state == "aborted":
        told = _("aborted: {cause}").format(cause=_cause(facts, draw, draw.cause, draw.missing))
        task = facts.get(f.TASKS, draw.task)
        if task is None or task.open_draw or task.completed:
            return Standing(told, "liuhen draw list")
        told += _("; its task can be drawn again under a new id (g will be {g})").format(g=task.outcomes + 1)
        return Standing(told, f"liuhen draw freeze --task {draw.task}")
    if draw.state == "recorded":
        return Standing(_("drawn by another platform"), f"liuhen inspect show --draw {name}")
    if draw.state == "executed":
        return Standing(_("drawn"), f"liuhen draw record {name}")
    if waits := _abort_waits(facts, name):
        return waits
    if not draw.parties:
        return _elsewhere(facts, name)
    left = stage(draw)
    if missing := cosigners_missing(facts, draw):
        told = _("list frozen; it waits for {n} cosigner(s) to sign the head").format(n=missing)
        return Standing(told, "liuhen cosign request .")
    if left.to_commit:
        told = _("list frozen; {holders} have yet to seal their random number")
        return Standing(_named(facts, told, left.to_commit), acting(left.to_commit[0], f"draw commit {name}"))
    if left.needs_value:
        return _value(facts, name, draw)
    if left.to_reveal:
        told = _("everything sealed; {holders} have yet to open their random number")
        return Standing(_named(facts, told, left.to_reveal), acting(left.to_reveal[0], f"draw reveal {name}"))
    return Standing(_("everything opened; ready to draw"), f"liuhen draw run {name}")


def _elsewhere(facts: f.Facts, name: str) -> Standing:
    """A draw that another platform makes: its list goes there, its export comes back and is confirmed."""
    waiting = [leaf for leaf, act in find.waiting_for(facts, "draw.recorded") if act.data["draw"] == name]
    if waiting:
        told = _("what the platform drew waits for its confirmation")
        return Standing(told, confirming(facts, bytes.fromhex(waiting[-1])))
    told = _("list frozen for another platform, which draws now")
    return Standing(told, f"liuhen platform export 名单.xlsx --what pool --draw {name}")


def _value(facts: f.Facts, name: str, draw: f.Draw) -> Standing:
    waiting = pending_value(facts, name)
    if waiting is None:
        told = _("random numbers sealed; the public value ({form}) is missing")
        step = f"liuhen draw public-value {name} --value " + _("VALUE")
        return Standing(told.format(form=draw.question["public"]), step)
    leaf, act = waiting
    told = _("the public value {value} waits for a supervisor or observer")
    return Standing(told.format(value=act.data["value"]), confirming(facts, bytes.fromhex(leaf)))


def pending_value(facts: f.Facts, name: str) -> tuple[str, f.Pending] | None:
    """The last public value of a draw that waits for confirmation: (leaf hash in hex, act)."""
    typed = [pair for pair in find.waiting_for(facts, "draw.public_value") if pair[1].data["draw"] == name]
    return typed[-1] if typed else None


def _abort_waits(facts: f.Facts, name: str) -> Standing | None:
    begun = [pair for pair in find.waiting_for(facts, "draw.aborted") if pair[1].data["draw"] == name]
    if not begun:
        return None
    _leaf, act = begun[-1]
    told = _("{holder} asks to abort it: {cause}").format(
        holder=holder_name(facts, act.holder),
        cause=_cause(facts, draw_of(facts, name), act.data["cause"], act.data.get("party", "")),
    )
    parties = set(draw_of(facts, name).parties.values())
    approvers = set(find.holders_with(facts, ["approver"]))
    fitting = (approvers if act.holder in parties else parties) - {act.holder}
    return Standing(told, confirm_step(act.seq, sorted(fitting)[:1]))


def _cause(facts: f.Facts, draw: f.Draw, cause: str, party: str) -> str:
    """Why a draw ends without result, with the party that was missing."""
    words = said(ABORT_CAUSES, cause)
    if not party:
        return words
    return _("{cause}: {holder}").format(cause=words, holder=holder_name(facts, draw.parties.get(party, "")))


def _named(facts: f.Facts, told: str, holders: tuple[str, ...]) -> str:
    return told.format(holders="、".join(holder_name(facts, holder) for holder in holders))


def after(facts: f.Facts, act: f.Pending) -> Standing:
    """What follows when an act that waited was confirmed: a line, "" where there is nothing to tell, and the
    next command, "" where the whole ledger says it. `act` is as it waited."""
    d = act.data
    if act.type in ("draw.public_value", "draw.aborted"):
        return standing(facts, d["draw"])
    if act.type == "task.created":
        return Standing("", f"liuhen draw ceremony --task {d['task']}")
    if act.type == "visit.recorded":
        return Standing("", f"liuhen inspect show --draw {d['draw']}")
    if act.type != "draw.replaced":
        return Standing("", "")
    step = f"liuhen inspect show --draw {d['draw']}"
    team = facts.get(f.TEAMS, f"{d['draw']}/{d['change'].get('subject', '')}")
    if team is None:
        return Standing("", step)
    name = find.names_at_freeze(facts, d["draw"]).get(team.subject, team.subject)
    told = _("The team for {subject} is now: {team}")
    members = "、".join(find.officer_name(facts, officer) for officer in team.members())
    return Standing(told.format(subject=name, team=members), step)
