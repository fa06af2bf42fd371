"""`liuhen rule`: the catalogue of rules in words."""

from __future__ import annotations

import difflib

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.table import table
from ledger.audit import rulebook
from verifier.errors import N_, Exit, LiuhenError
from verifier.rules import Rule, rules
from verifier.wording import CATEGORY, STATUS, Language


class _RuleGroup(click.Group):
    """`liuhen rule ID` is short for `liuhen rule show ID`, as a refusal prints it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_RuleGroup, help=_("Explain a rule") + example("liuhen rule role.permitted"))
def command() -> None: ...


@command.command("list", help=_("Every rule in the order of the report.") + example("liuhen rule list"))
@pass_desk
def list_(desk: Desk) -> None:
    rows = [[rule.id, _category(rule), _words(rule)] for rule in rules().values()]
    desk.answer(
        *table([_("Rule"), _("Category"), _("What it asks")], rows, widest=80),
        next_step="liuhen rule show " + next(iter(rules())),
        data={"rules": [_data(rule) for rule in rules().values()]},
    )


@command.command("show", help=_("One rule.") + example("liuhen rule show draw.seed"))
@click.argument("rule_id", metavar="ID")
@pass_desk
def show(desk: Desk, rule_id: str) -> None:
    tell(desk, named(rule_id))


def named(rule_id: str) -> Rule:
    """The rule of this id. Raises E-RULE-UNKNOWN with those that look like it."""
    rule = rules().get(rule_id)
    if rule is None:
        near = difflib.get_close_matches(rule_id, rules(), 3, 0.4)
        raise LiuhenError(
            "E-RULE-UNKNOWN",
            N_("There is no rule {rule}."),
            remedy=N_("Perhaps: {near}. All of them: liuhen rule list"),
            exit=Exit.USAGE,
            rule=rule_id,
            near=", ".join(near) or "-",
        )
    return rule


def tell(desk: Desk, rule: Rule) -> None:
    """Answer with a rule: its words, basis, requirements, and how it was broken in made-up ledgers."""
    required = (
        _("The verdict depends on it.")
        if rule.required
        else _("A remark; the verdict does not depend on it.")
    )
    asked, broken = rulebook.requirements(rule), rulebook.examples(rule)
    lines = [f"  {one.id} {_(one.words)}" for one in asked]
    deeds = [f"  {_(one.attacker)}: {_(one.deed)} ({_status(one.status)})" for one in broken]
    honest = rulebook.honest(rule)
    desk.answer(
        f"{rule.id} · {_category(rule)}",
        _words(rule),
        required,
        _("Basis: {basis}").format(basis=rule.basis),
        *([_("Requirements it serves:"), *lines] if lines else []),
        _("Red in these made-up ledgers (specs/forgeries.md):"),
        *deeds,
        _("Green, and asked, in this one:"),
        f"  {_(honest)} ({_status('pass')})",
        next_step="liuhen verify",
        data={
            **_data(rule),
            "requirements": [one.id for one in asked],
            "examples": [{"attacker": o.attacker, "deed": o.deed, "status": o.status} for o in broken],
            "honest": honest,
        },
    )


def _status(value: str) -> str:
    return STATUS[value].say(_language())


def _language() -> Language:
    return "en" if language_in_use() == "en" else "zh"


def _words(rule: Rule) -> str:
    return rule.en if _language() == "en" else rule.zh


def _category(rule: Rule) -> str:
    return CATEGORY[rule.category].say(_language())


def _data(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "category": rule.category,
        "required": rule.required,
        "basis": rule.basis,
        "zh": rule.zh,
        "en": rule.en,
    }
