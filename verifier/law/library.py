"""The library of check forms (表格库): a form for each item before the draw starts (R102; S4 二(一))."""

from __future__ import annotations

from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, effect
from verifier.vocabulary import Role


@act("form.published", [Role.CLERK, Role.ADMIN])
def form_published(case: Case) -> None:
    d = case.data
    fresh = case.fresh_id("form", f"{d['form']}/{d['version']}")
    case.require("form.library", fresh, "a new version of the form", d["version"])
    unlisted = [item for item in d["items"] if case.facts.get(f.register("items"), item) is None]
    case.require("form.library", not unlisted, "items of the item list", ", ".join(unlisted))


@effect("form.published")
def publish_form(case: Case) -> None:
    case.facts.put(f.FORMS, case.data["form"], f.Kept(case.data, case.seq, case.today))


def without_form(facts: Facts, items: list[str]) -> list[str]:
    """Items that no form of the library names, as it stands."""
    named = {item for _, form in facts.rows(f.FORMS) for item in form.data["items"]}
    return [item for item in items if item not in named]


def judge_library(case: Case, task: Data, values: Data) -> None:
    """Where the policy keeps a library, each item of a task has its form before the freeze."""
    if values.get("forms"):
        bare = without_form(case.facts, task["items"])
        case.warn("form.before-draw", not bare, "a form of the library for every item", ", ".join(bare))
