"""责令改正通知书, 抄告函, 移送函: what goes out after a problem (R139–R142).

What they say is private: it is printed from the openings that the ledger file keeps, and is never published.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.forms.drawn import Drawn, drawn, task_of
from ledger.forms.form import Letter, Wanted
from ledger.forms.source import ERASED, Source
from ledger.forms.word_layout import Grid, Line, Row, ink, label, template
from ledger.forms.wording import BLANK_DAY, day_zh
from verifier import facts as f
from verifier.facts import Data
from verifier.vocabulary import FOLLOWUP_KINDS

_INTERNAL = "（内部文书，不得公示）"
_BLANK = dict.fromkeys(
    ("sheet", "to", "name", "code", "address", "representative", "findings", "results", "receipt", "kind"), ""
)
_UNKNOWN = "____________________"


def order(source: Source, wanted: Wanted) -> Letter:
    """责令改正通知书: a page for each follow-up that orders a correction."""
    return _letters(source, wanted, ("ordered",))


def order_template() -> bytes:
    return _template(
        "责令改正通知书",
        (
            _text("{{ one.name }}（统一社会信用代码：{{ one.code }}）：", indent=False),
            _text(
                "{{ one.day }}，我单位在“{{ one.task }}”中对你单位（住所：{{ one.address }}，"
                "法定代表人或者负责人：{{ one.representative }}）进行检查，发现存在下列问题："
            ),
            _text("{{ one.findings }}"),
            _text("上述行为违反了____________________的规定。依据____________________的规定，现责令你单位"),
            _text("□立即改正　　□于{{ one.due }}前改正"),
            _text("改正内容及要求：{{ one.opinion }}"),
            _text(
                "请将改正情况书面报送我单位，我单位将对改正情况进行核查。逾期不改正的，将依法处理。"
                "如不服本决定，可以自收到本通知书之日起六十日内依法申请行政复议，或者六个月内依法提起行政诉讼。"
            ),
        ),
        (Row((label("执法检查人员\n（签字）"), ink(), label("被检查单位签收"), ink()), 1.4),),
    )


def notified(source: Source, wanted: Wanted) -> Letter:
    """抄告函 to another department, the one that licenses among them."""
    return _letters(source, wanted, ("notified", "licensing"))


def notified_template() -> bytes:
    return _template(
        "抄　告　函",
        (
            _text("{{ one.to }}：", indent=False),
            _text(
                "{{ one.day }}，我单位在“{{ one.task }}”中对{{ one.name }}（统一社会信用代码："
                "{{ one.code }}，住所：{{ one.address }}）进行检查，检查结果为：{{ one.results }}。"
                "发现下列涉及你单位职责的问题："
            ),
            _text("{{ one.findings }}"),
            _text("现抄告你单位，请依法处理，并将处理结果函告我单位。"),
            _text("附件：检查记录及有关材料　　份"),
            _text("联系人：                    联系电话："),
        ),
        (Row((label("接收人（签字）"), ink(), label("接收时间"), ink()), 1.2),),
    )


def transferred(source: Source, wanted: Wanted) -> Letter:
    """移送函, to a department or, of a suspected crime, to the police."""
    return _letters(source, wanted, ("transferred", "criminal"))


def transferred_template() -> bytes:
    return _template(
        "移　送　函",
        (
            _text("{{ one.to }}：", indent=False),
            _text(
                "{{ one.day }}，我单位在“{{ one.task }}”中对{{ one.name }}（统一社会信用代码："
                "{{ one.code }}，住所：{{ one.address }}，法定代表人或者负责人：{{ one.representative }}）"
                "进行检查，发现下列问题，不属于我单位管辖（□涉嫌犯罪）："
            ),
            _text("{{ one.findings }}"),
            _text(
                "依据____________________的规定，现将有关材料移送你单位依法处理，请将受理和处理情况函告我单位。"
            ),
            _text("“两法衔接”平台回执：{{ one.receipt }}"),
            _text("附件：1. 检查记录　2. 证据材料清单　3. 其他有关材料"),
            _text("联系人：                    联系电话："),
        ),
        (
            Row((label("移送人（签字）"), ink(), label("移送时间"), ink()), 1.2),
            Row((label("接收人（签字）"), ink(), label("接收时间"), ink()), 1.2),
        ),
    )


def _text(text: str, *, indent: bool = True) -> Line:
    return Line(text, size=14, indent=indent, before=6)


def _template(title: str, lines: Sequence[Line], signed: Sequence[Row]) -> bytes:
    return template(
        (title,),
        (
            Line(_INTERNAL, "centre", 10.5, before=0),
            Line("编号：{{ one.sheet }}", "right"),
            *lines,
            Line("{{ unit }}（盖章）", "right", 14, before=28),
            Line(BLANK_DAY, "right", 14),
            Line("", size=6),
            Grid((3.3, 5.2, 3.3, 5.2), signed),
        ),
    )


def _letters(source: Source, wanted: Wanted, kinds: Sequence[str]) -> Letter:
    """A page for each follow-up of these kinds; without one an empty page for each subject named, to be
    filled and signed before the follow-up is recorded; else one empty page."""
    _task, row = task_of(source, wanted.draw)
    shared = {"task": row.get("task_name", ""), "unit": source.ledger.office}
    papers = []
    blank = []
    for one in drawn(source, wanted):
        if one.visit is None:
            continue
        rows = sorted(source.facts.rows(f.FOLLOWUPS, f"{one.visit_id}/"), key=lambda pair: pair[1].seq)
        for _, held in rows:
            kind = source.opened(held.data["kind"])
            if kind in kinds:
                papers.append({**shared, **_paper(source, one, held.data), "kind": FOLLOWUP_KINDS[kind]})
        if wanted.subjects:
            blank.append({**shared, **_paper(source, one, {})})
    nothing = {**shared, **_BLANK, "day": BLANK_DAY, "due": BLANK_DAY, "opinion": ""}
    return Letter({"papers": papers or blank or [nothing], "unit": source.ledger.office})


def _paper(source: Source, one: Drawn, followup: Data) -> dict[str, str]:
    visit: Data = one.visit.data if one.visit else {}
    now = source.record("subjects", one.team.subject)
    boxes = [box["result"] for box in visit.get("items", ()) if box["ordered"] and box.get("result")]
    return {
        **_BLANK,
        "sheet": str(followup.get("followup", "")),
        "to": source.opened(followup.get("to")) or "　　　　　　　　",
        "name": one.name,
        "code": one.team.subject,
        "address": str(one.record.get("address", "")),
        "representative": source.opened(now.get("legal_representative")) or "________",
        "day": day_zh(one.day()),
        "results": one.results(),
        "findings": _findings(source, visit, boxes),
        "opinion": source.opened(visit.get("opinion")) or _UNKNOWN,
        "due": day_zh(followup.get("due", "")) or BLANK_DAY,
        "receipt": source.opened(followup.get("receipt")),
    }


def _findings(source: Source, visit: Data, boxes: Sequence[str]) -> str:
    """What was found: the private text where it was written, else what the boxes say; of one that was erased
    that it was."""
    text = source.opened(visit.get("findings"))
    parts = [*boxes, text] if text == ERASED else [text] if text else boxes
    return "；".join(parts) or _UNKNOWN
