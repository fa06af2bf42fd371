"""Red checks explained: where each began, who did what, what still stands and what to do next (R100).

Words are Chinese and English side by side, as in the verifier's own report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from ledger.audit import words
from ledger.audit.aborts import aborts
from ledger.audit.altered import LEDGER_HOLDS, altered, signed_before
from ledger.audit.source import Source
from ledger.audit.words import listed
from ledger.store import is_ledger
from verifier import entry
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.entry import Entry
from verifier.errors import LiuhenError, Malformed
from verifier.facts import Facts
from verifier.phrases import chinese
from verifier.report import Category, Check, DrawState, Report, Status
from verifier.rules import Rule, rules
from verifier.wording import STATUS, Language, Text, printable

RED = (Status.FAIL, Status.INCONCLUSIVE, Status.WARN)
"""What is explained, worst first."""


@dataclass(frozen=True)
class Explained:
    """A rule that is red: its first finding, the entry that it is about (None where it is about a file or the
    entry cannot be read), how often it is red.

    `details` say it in plain words, before what was expected and found; `laid` are further entries that
    belong to it; `todo` is what to do about it where that is not what its category says. For a draw that was
    given up the entry is the one that asked for it."""

    rule: Rule
    check: Check
    count: int
    entry: Entry | None
    seqs: tuple[int, ...]
    details: tuple[Text, ...] = ()
    laid: tuple[int, ...] = ()
    todo: Text | None = None

    def place(self, facts: Facts, lang: Language) -> str:
        """No., time, who, what of the first entry; else the file, or how the entry stands."""
        if self.entry is not None:
            body = self.entry.body
            who, what = words.who(facts, self.entry, lang), words.kind(body.type, lang)
            told = (words.clock(body.time), who, what, words.about(self.entry))
            return PLACE.say(lang, seq=body.seq, told=" · ".join(part for part in told if part))
        where = self.check.location
        if where.entry is not None:
            return UNREAD.say(lang, seq=where.entry)
        return printable(where.file or "") + (f":{where.row}" if where.row else "") or WHOLE.say(lang)

    def words(self, lang: Language) -> str:
        return self.rule.zh if lang == "zh" else self.rule.en

    def status(self, lang: Language) -> str:
        return STATUS[self.check.status.value].say(lang)

    def expected(self, lang: Language) -> str:
        return _said(self.check.expected, lang)

    def found(self, lang: Language) -> str:
        return _said(self.check.found, lang)

    def next(self, lang: Language) -> str:
        """What to do about it."""
        return (self.todo or _next(self.rule, self.check.status)).say(lang)


def _said(text: str, lang: Language) -> str:
    return printable(chinese(text) if lang == "zh" else text) or "-"


PLACE = Text("第 {seq} 条记录（{told}）", "entry {seq} ({told})")
UNREAD = Text("第 {seq} 条记录（无法读出）", "entry {seq} (cannot be read)")
WHOLE = Text("整本台账", "the ledger as a whole")
EXPLAINED = Text("逐项说明", "Explained")
FIRST = Text("最先出现在", "begins at")
TIMES = Text("共 {n} 处", "{n} in all")
FILES = Text("共 {n} 个文件", "{n} files in all")
STANDS = Text("仍可认定的事项", "What still stands")
TODO = Text("建议", "What to do")
BASIS = Text("依据", "Basis")

_NEXT = {
    "files": Text(
        "换一个途径重新取得核验包再核验；仍不通过的，两份都原样保留，向制作单位查问。",
        "Get the bundle again by another way and verify it; if it still fails keep both and ask the office.",
    ),
    "authenticity": Text(
        "请该条记录的签名人说明；签名人否认的，吊销其密钥，并核对其此后的全部记录（liuhen trail）。",
        "Ask who signed this entry. Who denies it has the key revoked, and all it signed since is looked at "
        "(liuhen trail).",
    ),
    "integrity": Text(
        "原样保留文件，用以前取得的核验包或台账指纹比对，找出从哪一条起不同（verify --since）。",
        "Keep the file. Compare it with an earlier bundle or head to see from which entry on it differs "
        "(verify --since).",
    ),
    "consistency": Text(
        "调取该条记录及其依据材料，与经办人、审批人核实；能更正的由经办单位更正，原记录保留。",
        "Get the entry and its papers and ask clerk and approver; what can be corrected the office corrects, "
        "the entry stays.",
    ),
    "fairness": Text(
        "所涉抽取的结果不宜再用；保全证据文件夹，请参加抽取的各方分别说明，必要时中止任务、另行立项重抽。",
        "Do not use the draw concerned. Keep the evidence folder and ask each party of it; where needed end "
        "the task and draw again under a new one.",
    ),
    "compliance": Text(
        "由经办单位对照依据说明原因并补正；补正后重新制作核验包。",
        "The office explains it against the rule and puts it right, then makes a new bundle.",
    ),
    "completeness": Text(
        "由经办单位补齐所缺的步骤或材料；期限已过的说明原因。",
        "The office adds the step or paper that is missing, and explains what is late.",
    ),
    "warn": Text(
        "这是提醒，不是违规认定：请经办人、审批人说明原因并出示当时的记录，说明不清的再作处理。",
        "This is a remark, no finding of fault: ask clerk and approver for the reason and the record of that "
        "day, and go on only where that does not explain it.",
    ),
    "inconclusive": Text(
        "材料不足，不能据此认定违规：向经办单位索取所缺材料（如监督用核验包），或换用新版工具再核验。",
        "Too little to blame anybody: ask the office for what is missing (such as an inspector's bundle), or "
        "verify with a newer tool.",
    ),
}


def _next(rule: Rule, status: Status) -> Text:
    if status is Status.INCONCLUSIVE:
        return _NEXT["inconclusive"]
    if status is Status.WARN and rule.category in ("fairness", "authenticity", "integrity"):
        return _NEXT["warn"]
    if rule.id.startswith(("bundle.", "log.")) or rule.id == "draw.files":
        return _NEXT["files"]
    return _NEXT[rule.category]


def explain(report: Report, source: Source | None) -> tuple[Explained, ...]:
    """Each red rule of a report with its first entry, failures first, then by the order of the catalogue."""
    groups: dict[tuple[int, str], list[Check]] = {}
    for check in report.sorted_checks():
        if check.status in RED:
            groups.setdefault((RED.index(check.status), check.rule), []).append(check)
    ordered = [groups[key] for key in sorted(groups, key=lambda key: (key[0], list(rules()).index(key[1])))]
    firsts = [min(group, key=lambda check: check.location.sort_key()) for group in ordered]
    wanted = {one.location.entry for one in firsts if one.location.entry is not None}
    held = entries_at(source, wanted) if source else {}
    return tuple(
        _with_grounds(
            Explained(
                rules()[first.rule],
                first,
                len(group),
                held.get(-1 if first.location.entry is None else first.location.entry),
                tuple(sorted({c.location.entry for c in group if c.location.entry is not None})),
            ),
            group,
            report,
            source,
        )
        for first, group in zip(firsts, ordered, strict=True)
    )


def _with_grounds(one: Explained, group: Sequence[Check], report: Report, source: Source | None) -> Explained:
    """What lies behind the findings of some rules: the aborts before a repeated draw, the rows of a file."""
    if source is None:
        return one
    if one.rule.id == "draw.outcomes":
        return _given_up(one, group, source)
    if one.rule.id == "draw.files" and not is_ledger(source.path):
        return _altered(one, group, report, source)
    if one.rule.id == "bundle.note" and not is_ledger(source.path):
        files = _altered(
            one, [check for check in report.checks if check.rule == "draw.files"], report, source
        )
        return replace(one, details=files.details[-1:])
    return one


def _given_up(one: Explained, group: Sequence[Check], source: Source) -> Explained:
    facts = source.facts()
    draws = {(check.location.stream or "").removeprefix("draw/") for check in group}
    tasks = {draw.task for name in draws if (draw := facts.get(f.DRAWS, name)) is not None}
    found = aborts(source, facts, tasks)
    if not found:
        return one
    return replace(
        one,
        entry=found[0].entry,
        details=tuple(abort.text(facts) for abort in found),
        laid=tuple(seq for abort in found for seq in abort.seqs),
        todo=_WHY_AGAIN if one.check.status is Status.WARN else None,
    )


_WHY_AGAIN = Text(
    "这是提醒，不是违规认定：请提出人、确认人分别说明每次中止的原因并出示当时的记录，当时谁已知道结果；"
    "再看应抽中而后来未抽中的有哪些（liuhen audit --only draw.repeated）。",
    "This is a remark, no finding of fault: ask who asked for each abort and who confirmed it for the "
    "reason, the record of that day and who knew the result then; then look who would have been drawn "
    "and was not (liuhen audit --only draw.repeated).",
)


def _altered(one: Explained, group: Sequence[Check], report: Report, source: Source) -> Explained:
    facts = source.facts()
    parts = [(check.location.file or "").split("/") for check in group]
    draws = list(dict.fromkeys(part[1] for part in parts if len(part) == 3 and part[0] == "draws"))
    held = []
    try:
        with open_bundle(source.path) as bundle:
            for name in draws:
                with suppress(KeyError):
                    held.append(altered(bundle, facts, name))
            when = signed_before(bundle, held)
    except LiuhenError:
        return one
    red = {check.rule for check in report.checks if check.status in (Status.FAIL, Status.INCONCLUSIVE)}
    details = [text for found in held for text in found.texts()]
    if details:
        details += [] if red & _SIGNED else [LEDGER_HOLDS]
        details.append(when)
    laid = {seq for name in draws if (draw := facts.get(f.DRAWS, name)) for seq in (draw.seq, draw.executed)}
    return replace(one, details=tuple(details), laid=tuple(sorted(laid - {-1})))


_SIGNED = {"entry.chain", "entry.canonical", "entry.signature", "entry.actor", "log.tree", "log.checkpoint"}
"""The rules by which a ledger stands on its own."""


def entries_at(source: Source, seqs: Iterable[int]) -> dict[int, Entry]:
    """The entries at these numbers; one that cannot be read is left out. Nothing is verified."""
    wanted = set(seqs)
    found: dict[int, Entry] = {}
    if not wanted:
        return found
    try:
        for seq, raw in enumerate(islice(source.read(), max(wanted) + 1)):
            if seq in wanted:
                try:
                    found[seq] = entry.parse(raw)
                except Malformed:
                    continue
    except Malformed:
        pass  # the log breaks off before: what was read is told
    return found


def standing(report: Report) -> tuple[Text, ...]:
    """What the red checks leave untouched, in sentences; each is said only where its rules were asked and
    none of them is red, and nothing where this is not the ledger that the reader knows."""
    if not report.anchor.matches:
        return ()
    red = {check.rule: check for check in report.checks if check.status in (Status.FAIL, Status.INCONCLUSIVE)}
    asked = {check.rule for check in report.checks if check.status is not Status.NA}
    size = (report.head or "0").partition(":")[0]
    found = [
        Text(*(text.say(lang, size=size) for lang in ("zh", "en")))
        for needed, text in _STANDS
        if set(needed) & asked and not set(needed) & red.keys()
    ]
    found += _kept_before(report, red.values())
    good = [o.draw for o in report.outcomes if o.state is DrawState.COMPLETED and not _touched(o.draw, red)]
    if good:
        zh, en = listed(map(printable, good), "次", 20)
        n = len(good)
        found.append(Text(_DRAWS.say("zh", draws=zh, n=n), _DRAWS.say("en", draws=en, n=n)))
    return tuple(found)


def _touched(draw: str, red: dict[str, Check]) -> bool:
    return any(
        check.location.stream in (None, f"draw/{draw}")
        or (check.location.file or "").startswith(f"draws/{draw}/")
        for check in red.values()
        if check.category in (Category.FAIRNESS, Category.INTEGRITY, Category.AUTHENTICITY)
    )


def _kept_before(report: Report, red: Iterable[Check]) -> Iterator[Text]:
    """The entries before the first one that is red."""
    first = min((c.location.entry for c in red if c.location.entry is not None), default=0)
    if first > 0:
        yield Text(*(_BEFORE.say(lang, first=first) for lang in ("zh", "en")))


_BEFORE = Text(
    "第 {first} 条记录之前的各条未发现不符合要求的（要到期才能判断的事项除外）。",
    "Nothing is wrong with the entries before {first}, save what can only be judged later.",
)
_DRAWS = Text(
    "{n} 次抽取的种子、名次、结果、分组由核验工具重算，与台账一致：{draws}。",
    "{n} draws were recomputed (seed, ranks, results, teams) and agree with the ledger: {draws}.",
)
_STANDS: tuple[tuple[Sequence[str], Text], ...] = (
    (
        ("entry.chain", "entry.canonical"),
        Text(
            "全部 {size} 条记录首尾相连，中间没有增删、调换或改动。",
            "All {size} entries are linked one to the next; none was inserted, removed, moved or changed.",
        ),
    ),
    (
        ("entry.signature", "entry.actor"),
        Text("每条记录都由当时有效的密钥签名。", "Every entry is signed with a key in force then."),
    ),
    (
        ("log.tree", "log.checkpoint"),
        Text(
            "台账指纹由该单位的台账签名密钥签署，与全部记录一致。",
            "The head is signed by the log's key and agrees with all entries.",
        ),
    ),
    (
        ("bundle.files", "bundle.hashes", "bundle.note"),
        Text("核验包自制作后未被改动。", "The bundle was not changed since it was made."),
    ),
)


def lines(explained: Sequence[Explained], facts: Facts, report: Report, lang: Language) -> Iterator[str]:
    """The explanation as text for people; nothing where nothing is red."""
    if not explained:
        return
    colon = "：" if lang == "zh" else ": "
    yield EXPLAINED.say(lang)
    for number, one in enumerate(explained, 1):
        yield f"  {number}. [{one.status(lang)}] {one.rule.id} {one.words(lang)}"
        yield f"     {FIRST.say(lang)}{colon}{one.place(facts, lang)}" + times(one, lang)
        yield from (f"     - {printable(text.say(lang), 600)}" for text in one.details)
        for label, said in zip(
            (("应为", "实为", TODO.zh) if lang == "zh" else ("expected", "found", TODO.en)),
            (one.expected(lang), one.found(lang), one.next(lang)),
            strict=True,
        ):
            yield f"     {label}{colon}{said}"
    stands = standing(report)
    if stands:
        yield ""
        yield STANDS.say(lang)
    for text in stands:
        yield f"  - {text.say(lang)}"


def times(one: Explained, lang: Language) -> str:
    """How often a rule is red, where it is more than once: in how many files, or at how many places."""
    text = TIMES if one.check.location.entry is not None or not one.check.location.file else FILES
    return (("，" if lang == "zh" else ", ") + text.say(lang, n=one.count)) if one.count > 1 else ""


def data(explained: Sequence[Explained], facts: Facts) -> list[dict[str, object]]:
    """The explanation for JSON."""
    found: list[dict[str, object]] = []
    for one in explained:
        body = one.entry.body if one.entry else None
        found.append(
            {
                "rule": one.rule.id,
                "status": one.check.status.value,
                "count": one.count,
                "entry": body.seq if body else one.check.location.entry,
                "file": one.check.location.file,
                "time": body.time if body else None,
                "who": words.who(facts, one.entry, "en") if one.entry else None,
                "type": body.type if body else None,
                "expected": one.check.expected,
                "found": one.check.found,
                "next_zh": one.next("zh"),
                "next_en": one.next("en"),
                **({"details_zh": [t.zh for t in one.details]} if one.details else {}),
                **({"details_en": [t.en for t in one.details]} if one.details else {}),
            }
        )
    return found
