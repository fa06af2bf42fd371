"""The trail of one subject, officer or person as a document to print (尽职照单免责、失职照单问责; R156).

What was done, when, with whom; what checks say of what this person signed; what is not proven. It charges
nobody: it lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from html import escape

from ledger import plots
from ledger.audit import words
from ledger.audit.missed import NEVER, WHY, Missed, told
from ledger.audit.trail import HOW, Touch
from verifier import facts as f
from verifier.facts import Facts
from verifier.phrases import chinese
from verifier.report import Check, Report, Status
from verifier.vocabulary import ROLE_ZH, Role
from verifier.wording import STATUS, UNPROVEN, Language, Text, printable

Detail = Callable[[Touch], str]
"""The details of a touch in the reader's words."""

_WRONG = (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)
_TITLE = Text("全程轨迹：{name}", "Trail: {name}")
_KEYS = Text("密钥与职责", "Keys and duties")
_KEY = Text("{roles}（{unit}），自第 {since} 条记录起{until}", "{roles} ({unit}), from entry {since}{until}")
_UNTIL = Text("，至第 {seq} 条记录吊销", " until entry {seq}")
_SUM = Text("汇总", "Summary")
_WHAT, _COUNT, _FIRST, _LAST = (
    Text("事项", "What"),
    Text("件数", "Count"),
    Text("最早", "First"),
    Text("最近", "Last"),
)
_CHECKS = Text("对其签署的记录，核验提出的问题", "What verification finds about entries that they signed")
_CLEAN = Text(
    "对其签署的 {n} 条记录，核验未提出问题。", "Verification finds nothing about the {n} entries they signed."
)
_ACTS = Text("逐条", "Entry by entry")
_MISSED = Text("未能列入的抽取", "Draws that it was kept out of")
_QUESTION = Text(
    "随机号只由种子和编号决定，不在名单中的也能算出。“本应抽中”是要查问的线索，不是有意为之的证明。",
    "A ticket follows from seed and id alone, so whoever was left out has one. “Would have been drawn” is a "
    "question to ask, no proof of intent.",
)
_LANES = {
    "signed": Text("办理", "acted"),
    "answered": Text("确认更正", "answered"),
    "lists": Text("名录", "lists"),
    "draws": Text("抽取", "draws"),
    "named": Text("涉及", "named"),
}
_LANE_OF = {"signed": "signed", "answered": "answered", "named": "named"} | dict.fromkeys(
    ("added", "changed", "removed"), "lists"
)
_LEFT, _WIDE, _HIGH = 90, 690, 34


def page(
    title: str,
    facts: Facts,
    touches: Sequence[Touch],
    left_out: Sequence[Missed],
    report: Report,
    detail: Detail,
    lang: Language,
    holder: str = "",
) -> str:
    """The whole document; `holder` is the id of a key holder, "" of anything else."""
    head = _TITLE.say(lang, name=printable(title))
    parts = [_picture(touches, facts, lang)]
    if holder:
        parts += list(_person(holder, facts, touches, report, lang))
    parts += list(_summary(touches, lang))
    if left_out:
        parts += list(_missed(left_out, lang))
    parts.append(f"<h2>{escape(_ACTS.say(lang))}</h2>")
    parts.append(
        plots.html_table(
            ("#", *_header(lang)),
            [
                (
                    one.entry.body.seq,
                    words.clock(one.entry.body.time),
                    words.who(facts, one.entry, lang),
                    words.kind(one.entry.body.type, lang),
                    _how(one.how, lang),
                    detail(one),
                )
                for one in touches
            ],
        )
    )
    parts.append(f"<h2>{escape(UNPROVEN.say(lang))}</h2><ul>")
    parts += [f"<li>{escape(printable(text.say(lang)))}</li>" for text in report.limits()]
    parts.append(f"</ul><footer>{escape(report.sentence(lang))}<br>{escape(report.head or '')}</footer>")
    return plots.page(head, parts, "en" if lang == "en" else "zh-CN")


def _header(lang: Language) -> tuple[str, ...]:
    zh, en = ("时间", "经手", "事项", "关系", "内容"), ("Time", "Who", "What", "How", "Detail")
    return zh if lang == "zh" else en


def _how(how: str, lang: Language) -> str:
    return HOW[how][1 if lang == "en" else 0]


def _picture(touches: Sequence[Touch], facts: Facts, lang: Language) -> str:
    """Marks by lane along the days; point at one to see its entry."""
    days = [date.fromisoformat(one.entry.body.time[:10]).toordinal() for one in touches]
    first, last = min(days), max(max(days), min(days) + 1)
    lanes = [name for name in _LANES if any(_lane(one) == name for one in touches)]
    base = 12 + _HIGH * len(lanes)
    inner = []
    for place, name in enumerate(lanes):
        y = 10 + _HIGH * place + _HIGH / 2
        inner.append(plots.text(_LEFT - 8, y + 5, _LANES[name].say(lang), "end"))
        inner.append(f'<path d="M{_LEFT} {y}h{_WIDE}" stroke="{plots.PALE}" stroke-width="2"/>')
    for one, day in zip(touches, days, strict=True):
        x = _LEFT + 8 + (_WIDE - 16) * (day - first) / (last - first)
        y = 10 + _HIGH * lanes.index(_lane(one)) + _HIGH / 2
        told = (
            f"#{one.entry.body.seq} {words.clock(one.entry.body.time)}",
            f"{words.kind(one.entry.body.type, lang)} · {_how(one.how, lang)}",
            words.who(facts, one.entry, lang),
        )
        strong = one.how in ("drawn", "excluded", "removed", "not_in_pool", "not_on_roster")
        colour, radius = (plots.RED, 6) if strong else (plots.INK, 4)
        inner.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill-opacity=".7" fill="{colour}">'
            f"<title>{escape(chr(10).join(told))}</title></circle>"
        )
    ends = ((_LEFT, first, "start"), (_LEFT + _WIDE, last, "end"))
    inner += [
        plots.text(x, base + 15, date.fromordinal(day).isoformat(), anchor, plots.GREY)
        for x, day, anchor in ends
    ]
    return plots.svg(base + 24, _ACTS.say(lang), "".join(inner))


def _lane(one: Touch) -> str:
    return _LANE_OF.get(one.how, "draws")


def _person(
    holder: str, facts: Facts, touches: Sequence[Touch], report: Report, lang: Language
) -> Iterator[str]:
    yield f"<h2>{escape(_KEYS.say(lang))}</h2><ul>"
    keys = {name: key for name, key in facts.rows(f.KEYS) if key.holder == holder}
    for key in keys.values():
        roles = "、".join(ROLE_ZH[Role(r)] if lang == "zh" else r for r in key.roles)
        until = _UNTIL.say(lang, seq=key.revoked) if key.revoked >= 0 else ""
        said = _KEY.say(lang, roles=roles, unit=printable(key.unit), since=max(key.since, 0), until=until)
        yield f"<li>{escape(said)}</li>"
    yield "</ul>"
    mine = {t.entry.body.seq: t.entry for t in touches if words.signed_by(facts, t.entry) == holder}
    wrong = [c for c in report.sorted_checks() if c.status in _WRONG and c.location.entry in mine]
    yield f"<h2>{escape(_CHECKS.say(lang))}</h2>"
    if not wrong:
        yield f"<p>{escape(_CLEAN.say(lang, n=len(mine)))}</p>"
        return
    yield plots.html_table(("#", *_found_header(lang)), [_wrong(check, lang) for check in wrong])


def _found_header(lang: Language) -> tuple[str, ...]:
    return ("结论", "规则", "应为", "实为") if lang == "zh" else ("Status", "Rule", "Expected", "Found")


def _wrong(check: Check, lang: Language) -> tuple[object, ...]:
    said = (check.zh if lang == "zh" else check.en, check.expected, check.found)
    if lang == "zh":
        said = (check.zh, chinese(check.expected), chinese(check.found))
    return (check.location.entry, STATUS[check.status.value].say(lang), *map(printable, said))


def _summary(touches: Sequence[Touch], lang: Language) -> Iterator[str]:
    yield f"<h2>{escape(_SUM.say(lang))}</h2>"
    counted = Counter((one.entry.body.type, one.how) for one in touches)
    rows = []
    for (kind, how), n in counted.most_common():
        days = [o.entry.body.time[:10] for o in touches if (o.entry.body.type, o.how) == (kind, how)]
        rows.append((f"{words.kind(kind, lang)} · {_how(how, lang)}", n, days[0], days[-1]))
    yield plots.html_table([text.say(lang) for text in (_WHAT, _COUNT, _FIRST, _LAST)], rows)


def _missed(left_out: Sequence[Missed], lang: Language) -> Iterator[str]:
    yield f"<h2>{escape(_MISSED.say(lang))}</h2><p>{escape(_QUESTION.say(lang))}</p>"
    header = (
        ("抽取", "原因", "记录", "如列入的名次", "结果")
        if lang == "zh"
        else ("Draw", "Why", "Entry", "Rank it would have had", "Outcome")
    )
    shown, never = told(left_out)
    if never:
        yield f"<p>{escape(NEVER.say(lang, n=len(never)))}</p>"
    if not shown:
        return
    yes, no = ("本应抽中", "也不会抽中") if lang == "zh" else ("would have been drawn", "not drawn either")
    yield plots.html_table(
        header,
        [
            (
                one.draw,
                WHY[one.why][1 if lang == "en" else 0],
                f"#{one.seq}" if one.seq >= 0 else "-",
                f"{one.place.rank}/{one.place.n + 1}" if one.place else "-",
                (yes if one.would_be_drawn else no) if one.place else "-",
            )
            for one in shown
        ],
    )
