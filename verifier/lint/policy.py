"""Contradictions in one office's rules, and between the rules of two departments that inspect together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.facts import Data, Policy
from verifier.lint.remark import MUST, NOTE, SHOULD, Remark, percent
from verifier.schemas.policy import RISK_CLASSES

_EVERYONE = "全覆盖"


@dataclass(frozen=True)
class Rules:
    """The rules of one office: values and clauses of a policy, with the document they stand in."""

    document: str
    values: Data
    clauses: Data

    @classmethod
    def of(cls, policy: Policy) -> Rules:
        return cls(policy.document, policy.values, policy.clauses)

    def source(self, *names: str) -> str:
        """Document and clauses of values."""
        clauses = dict.fromkeys(self.clauses[name] for name in names if name in self.clauses)
        return "，".join([self.document, *clauses])


def check_rules(rules: Rules) -> list[Remark]:
    """What contradicts itself in one policy; `row` is the value."""
    return [*_words(rules), *_counts(rules), *_strict(rules)]


def _words(rules: Rules) -> Iterator[Remark]:
    v = rules.values
    unused = [risk for risk in RISK_CLASSES if risk not in v.get("classes", RISK_CLASSES)]
    if unused:
        yield Remark(
            "classes-partial",
            SHOULD,
            f"只规定了{'、'.join(v['classes'])}类，全国分为A、B、C、D四类：{'、'.join(unused)}类企业没有规定",
            f"Only classes {', '.join(v['classes'])} are ruled; of {', '.join(unused)} nothing is said",
            rules.source("classes"),
            "classes",
        )
    for name in ("coverage", "min_rate", "joint_rate"):
        p, q = v.get(name, (1, 1))
        if _EVERYONE in rules.clauses.get(name, "") and p < q:
            yield Remark(
                "coverage-word",
                NOTE,
                f"同一条既说“{_EVERYONE}”又定比例{percent(p, q)}：只能指每个行业都抽到，不是每户都查",
                f"One clause says 全覆盖 and {percent(p, q)}: every industry, not every enterprise",
                rules.source(name),
                name,
            )
    if v.get("repeat") == "refuse" and v.get("more_often"):
        yield Remark(
            "repeat-override",
            SHOULD,
            "既规定本年度已抽查的不再抽取，又要求对投诉举报多等对象加大抽查：再次抽取须写明理由并经批准",
            "Nobody is drawn twice a year, yet some are to be drawn more often: that needs a reason and an "
            "approval",
            rules.source("repeat", "more_often"),
            "repeat",
        )


def _counts(rules: Rules) -> Iterator[Remark]:
    v = rules.values
    cap = v.get("yearly_cap")
    for name in ("frequency", "joint_frequency"):
        if cap is not None and name in v and v[name][0] > cap:
            yield Remark(
                "frequency-cap",
                MUST,
                f"每年至少{v[name][0]}次，超过每户每年{cap}次的上限",
                f"At least {v[name][0]} inspections a year are more than the cap of {cap}",
                rules.source(name, "yearly_cap"),
                name,
            )
    for name in ("filing", "report"):
        if (f"{name}_days" in v) != (f"{name}_unit" in v):
            yield Remark(
                "unit-missing",
                MUST,
                f"{name}_days 与 {name}_unit 应当同时写明：是工作日还是日",
                f"{name}_days and {name}_unit stand together: working days or days",
                rules.source(f"{name}_days", f"{name}_unit"),
                f"{name}_days",
            )
    if v["min_officers"] < 2:
        yield Remark(
            "officers-few",
            MUST,
            "检查人员不得少于两人",
            "At least two officers inspect",
            "《行政处罚法》；国办发〔2024〕54号",
            "min_officers",
        )


def _strict(rules: Rules) -> Iterator[Remark]:
    v = rules.values
    if not v.get("strict_2024"):
        return
    if "yearly_cap" not in v:
        yield Remark(
            "cap-missing",
            MUST,
            "按国办发〔2024〕54号，应当规定同一企业每年检查次数的上限",
            "国办发〔2024〕54号 asks for a yearly cap of inspections of one enterprise",
            rules.source("strict_2024"),
            "yearly_cap",
        )
    if v.get("repeat") == "allow":
        yield Remark(
            "repeat-allowed",
            SHOULD,
            "按国办发〔2024〕54号避免重复检查：已抽查对象再次抽取宜提示或不准",
            "国办发〔2024〕54号 warns of repeated inspections: drawing one again should warn or be refused",
            rules.source("repeat", "strict_2024"),
            "repeat",
        )


def conflicts(one: Rules, other: Rules) -> list[Remark]:
    """Where the rules of two departments cannot both be kept; each remark names both sources."""
    return [*_frequencies(one, other), *_exclusions(one, other), *_exclusions(other, one)]


def _both(one: Rules, other: Rules, *names: str) -> str:
    return f"{one.source(*names)}；{other.source(*names)}"


def _frequencies(one: Rules, other: Rules) -> Iterator[Remark]:
    for name in ("frequency", "joint_frequency"):
        mine, theirs = one.values.get(name), other.values.get(name)
        if mine and theirs and (mine[1] < theirs[0] or theirs[1] < mine[0]):
            yield Remark(
                "frequency-conflict",
                MUST,
                f"抽查频次不一致：一方每年{mine[0]}—{mine[1]}次，另一方{theirs[0]}—{theirs[1]}次",
                f"Frequencies differ: {mine[0]}–{mine[1]} a year here, {theirs[0]}–{theirs[1]} there",
                _both(one, other, name),
                name,
            )
    for here, there in ((one, other), (other, one)):
        cap, least = here.values.get("yearly_cap"), there.values.get("frequency", (0, 0))[0]
        if cap is not None and least > cap:
            yield Remark(
                "frequency-conflict",
                MUST,
                f"一方每户每年不超过{cap}次，另一方每年至少{least}次",
                f"At most {cap} visits a year here, at least {least} there",
                f"{here.source('yearly_cap')}；{there.source('frequency')}",
                "yearly_cap",
            )


def _exclusions(one: Rules, other: Rules) -> Iterator[Remark]:
    if one.values.get("repeat") != "refuse":
        return
    name = "repeat" if other.values.get("repeat") == "allow" else "more_often"
    if name == "repeat" or other.values.get("more_often"):
        yield Remark(
            "exclusion-conflict",
            MUST,
            "一方本年度已抽查的不再抽取，另一方可以再次抽取或要求加大抽查",
            "Here who was drawn this year is not drawn again; there he may, or shall, be",
            f"{one.source('repeat')}；{other.source(name)}",
            "repeat",
        )
