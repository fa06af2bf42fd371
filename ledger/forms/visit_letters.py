"""Papers of one visit, a page for each drawn enterprise: S0 附件5, 执法检查表, 检查通知书, 检查告知书.

They are printed before the visit with what is known, and 附件5 again after it with its boxes ticked (R096,
R112, R117, R120). Cells for ink stay empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.forms.drawn import CORRECTED, Drawn, drawn, items_of, task_of
from ledger.forms.form import Code, Letter, Wanted
from ledger.forms.source import Source
from ledger.forms.word_layout import Cell, Grid, Line, Row, ink, label, template, value
from ledger.forms.wording import BLANK_DAY, day_zh, kind_zh, numbered
from verifier import facts as f
from verifier.facts import Data
from verifier.vocabulary import METHODS

RECORD_LINES = 5
"""Lines for items that 附件5 has in S0."""
_BOX = "是□否□"
_SIGNED_BY = "检查单位（盖章）：{{ unit }}"
_CLAIM = (
    "抽取凭证：把扫码所得的一行文字粘贴到公示网站核验页的“核对抽取凭证”，可自行核对本单位是否在事先封存的名单里、如何抽中。"
    "凭证文件可向检查单位索取。"
)
_MARKED, _UNMARKED = "mark in one.marks", "bare in one.unmarked"


def visit_record(source: Source, wanted: Wanted) -> Letter:
    """附件5 抽查情况记录表, filled from the visit where it is recorded."""
    task, _row = task_of(source, wanted.draw)
    papers = []
    for one in drawn(source, wanted):
        visit = one.visit.data if one.visit else {}
        now = source.record("subjects", one.team.subject)
        boxes = _boxes(source, task, visit)
        papers.append(
            {
                **_subject(one),
                "day": day_zh(one.day()) or BLANK_DAY,
                "corrected": f"（{CORRECTED}）" if one.visit and one.visit.corrected else "",
                "representative": source.opened(now.get("legal_representative")),
                "telephone": source.opened(now.get("telephone")),
                "business": "",
                "boxes": boxes + [_box("", "", {})] * (RECORD_LINES - len(boxes)),
                "findings": source.opened(visit.get("findings")),
                "opinion": source.opened(visit.get("opinion")),
                "signature": _signature(visit),
            }
        )
    return Letter({"papers": papers, "unit": source.ledger.office})


def visit_record_template() -> bytes:
    """附件5, its cells and texts as in the seed."""
    return template(
        ("“双随机、一公开”抽查情况记录表",),
        (
            Line("抽查时间：{{ one.day }}{{ one.corrected }}", "right"),
            Grid(
                (1.0, 2.8, 4.4, 2.4, 2.0, 2.0, 2.4),
                (
                    Row((label("市场主体名称", 2), value("one.name", 5))),
                    Row(
                        (
                            label("注册号或统一社会信用代码", 2),
                            value("one.code"),
                            label("法定代表人\n（负责人）"),
                            value("one.representative", 3),
                        )
                    ),
                    Row(
                        (
                            label("主体类型", 2),
                            value("one.kind"),
                            label("联系电话"),
                            value("one.telephone", 3),
                        )
                    ),
                    Row((label("经营范围", 2), value("one.business", 5))),
                    Row((label("住所（经营场所）", 2), value("one.address", 5))),
                    Row(
                        (
                            label("检查项目", 3),
                            label("是否检查该项目"),
                            label("下达\n责改"),
                            label("是否\n责改"),
                            label("检查\n结果"),
                        )
                    ),
                    Row(
                        (
                            value("box.number", centre=True),
                            value("box.item", 2),
                            value("box.checked", centre=True),
                            value("box.ordered", centre=True),
                            value("box.corrected", centre=True),
                            value("box.result"),
                        ),
                        1.0,
                        each="box in one.boxes",
                    ),
                    Row((label("检查情况", 2), value("one.findings", 5)), 2.4),
                    Row((label("抽查单位处理意见", 2), value("one.opinion", 5)), 2.0),
                    Row((label("被检查对象负责人（签字）", 2), value("one.signature", 5)), 1.2),
                    Row((label("执法检查人员\n（签字）：", 2), ink(5)), 1.2),
                ),
            ),
        ),
    )


def checklist(source: Source, wanted: Wanted) -> Letter:
    """执法检查表: basis, scope, content, method and items of one enterprise's visit (R096, R117)."""
    task, row = task_of(source, wanted.draw)
    items = items_of(source, task)
    form: Mapping[str, str] = task.get("form", {})
    window = task.get("window", ("", ""))
    shared = {
        "task": row.get("task_name", ""),
        "form_version": "　".join(part for part in (form.get("name"), form.get("version")) if part),
        "scope": row.get("objects", ""),
        "window": f"{day_zh(window[0])}至{day_zh(window[1])}" if window[0] else "",
        "methods": "、".join(_methods(items)),
        "checks": [
            {
                "number": str(number),
                "text": "\n".join(item.get("text", (item["id"],))),
                "content": "\n".join(item.get("content", ())),
                "basis": "\n".join(item.get("basis", ())),
                "method": "、".join(METHODS[code] for code in item.get("methods", ())),
            }
            for number, item in enumerate(items, 1)
        ],
    }
    papers = [
        {
            **shared,
            **_subject(one),
            "team": one.names_with_certificates(),
            "sheet": f"{one.draw}-{one.number}",
        }
        for one in drawn(source, wanted)
    ]
    return Letter({"papers": papers, "unit": source.ledger.office})


def checklist_template() -> bytes:
    return template(
        ("“双随机、一公开”执法检查表",),
        (
            Line("检查单位：{{ unit }}\t编号：{{ one.sheet }}", tabs=(12.0,)),
            Grid(
                (2.4, 6.1, 2.9, 5.6),
                (
                    Row(
                        (label("抽查任务"), value("one.task"), label("检查表版本"), value("one.form_version"))
                    ),
                    Row(
                        (
                            label("被检查单位"),
                            value("one.name"),
                            label("统一社会信用代码\n（注册号）"),
                            value("one.code"),
                        )
                    ),
                    Row((label("住　所"), value("one.address", 3))),
                    Row((label("检查范围"), value("one.scope", 3))),
                    Row((label("检查人员"), value("one.team", 3))),
                    Row((label("检查期限"), value("one.window"), label("检查方式"), value("one.methods"))),
                ),
            ),
            Grid(
                (1.3, 3.7, 3.5, 3.7, 2.1, 2.7),
                (
                    Row(
                        tuple(
                            label(text)
                            for text in ("序号", "检查事项", "检查内容", "检查依据", "检查方式", "检查结果")
                        ),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("check.number", centre=True),
                            value("check.text"),
                            value("check.content"),
                            value("check.basis"),
                            value("check.method", centre=True),
                            Cell("□未发现问题\n□发现问题\n□未检查", side="left", size=10),
                        ),
                        1.4,
                        each="check in one.checks",
                    ),
                ),
            ),
            Grid(
                (3.5, 5.0, 3.5, 5.0),
                (
                    Row((label("检查情况"), ink(3)), 3.2),
                    Row((label("被检查单位负责人签字"), ink(), label("见证人\n（签字）"), ink()), 1.5),
                    Row((label("执法检查人员\n（签字）"), ink(), label("检查时间"), ink()), 1.5),
                ),
            ),
        ),
    )


def notice(source: Source, wanted: Wanted) -> Letter:
    """检查通知书: items, time and materials, told once and ahead (R112).

    As it was sent where that is on record; else what is not known is blank.
    """
    return _told(source, wanted)


def notice_template() -> bytes:
    return template(
        ("双随机抽查检查通知书",),
        (
            Line("编号：{{ one.sheet }}", "right"),
            Line("{{ one.name }}：", size=14, before=8),
            Line(
                "根据“{{ one.task }}”工作安排和随机抽取结果，我单位定于{{ one.told.day }}对你"
                "单位开展“双随机、一公开”抽查检查。现将有关事项一次性告知如下：",
                indent=True,
                size=14,
            ),
            Line("一、检查事项", size=14, indent=True),
            Line("{{ check.line }}", each="check in one.checks", size=14, indent=True, before=2),
            Line("二、检查方式：{{ one.methods }}", size=14, indent=True),
            Line("三、检查地点：{{ one.address }}", size=14, indent=True),
            Line("四、检查人员：{{ one.team }}", size=14, indent=True),
            Line("五、需要准备的材料：", size=14, indent=True),
            Line("{{ line }}", each="line in one.told.materials", size=14, indent=True, before=2),
            Line(
                "请你单位相关人员届时到场配合，并对提供材料的真实性负责。检查人员应当主动出示执法证件；检查人员少于"
                "两人或者未出示执法证件的，你单位有权拒绝检查；认为检查人员与你单位有利害关系的，有权申请回避。",
                indent=True,
                size=14,
            ),
            Line("联系人：                    联系电话：", indent=True, size=14),
            Line("{{ unit }}（盖章）", "right", 14, before=24),
            Line("{{ one.told.sent }}", "right", 14),
            Grid(
                (3.5, 5.0, 3.3, 5.2),
                (
                    Row((*_code("restart"), label("收件人（签字）"), ink()), 1.45, each=_MARKED),
                    Row((*_code("continue"), label("收到时间"), ink()), 1.45, each=_MARKED),
                    Row((label("收件人（签字）"), ink(), label("收到时间"), ink()), 1.2, each=_UNMARKED),
                ),
            ),
        ),
    )


def advice(source: Source, wanted: Wanted) -> Letter:
    """检查告知书: what the officers tell the inspected when they come, and what it signs."""
    return _told(source, wanted)


def advice_template() -> bytes:
    return template(
        ("行政检查告知书",),
        (
            Line("编号：{{ one.sheet }}", "right"),
            Line("{{ one.name }}：", size=14, before=8),
            Line("我单位依法对你单位开展“双随机、一公开”抽查检查，现告知如下：", indent=True, size=14),
            Line("一、检查人员：{{ one.team }}", indent=True, size=14),
            Line("二、检查事项及依据", indent=True, size=14),
            Line("{{ check.line }}", each="check in one.checks", indent=True, size=14, before=2),
            Line("{{ check.basis }}", each="check in one.checks", indent=True, size=12, before=2),
            Line("三、检查方式：{{ one.methods }}", indent=True, size=14),
            Line(
                "四、你单位享有以下权利：检查人员少于两人或者未出示执法证件的，有权拒绝检查；认为检查人员与你单位有"
                "利害关系的，有权申请回避；对检查情况有权陈述、申辩；检查人员索取或者收受财物、妨碍正常生产经营的，"
                "有权举报。",
                indent=True,
                size=14,
            ),
            Line(
                "五、你单位应当履行以下义务：如实回答询问，提供与检查事项有关的账册、合同和资料，不得拒绝、阻碍检查，"
                "不得隐匿、毁损证据。",
                indent=True,
                size=14,
            ),
            Line("六、检查结果将在规定期限内依法公示。", indent=True, size=14),
            Line("{{ unit }}（盖章）", "right", 14, before=24),
            Line(BLANK_DAY, "right", 14),
            Grid(
                (4.2, 4.3, 3.2, 5.3),
                (
                    Row((*_code("restart"), label("是否申请回避"), Cell("□是　□否")), each=_MARKED),
                    Row((*_code("continue"), label("申请回避人员"), ink()), each=_MARKED),
                    Row((*_code("continue"), label("被检查单位负责人签字"), ink()), 1.2, each=_MARKED),
                    Row((*_code("continue"), label("告知时间"), ink()), each=_MARKED),
                    Row(
                        (label("是否申请回避"), Cell("□是　□否"), label("申请回避人员"), ink()),
                        1.0,
                        each=_UNMARKED,
                    ),
                    Row(
                        (label("被检查单位负责人（签字）"), ink(), label("告知时间"), ink()),
                        1.4,
                        each=_UNMARKED,
                    ),
                ),
            ),
        ),
    )


def _told(source: Source, wanted: Wanted) -> Letter:
    task, row = task_of(source, wanted.draw)
    items = items_of(source, task)
    lines = [
        {
            "item": item["id"],
            "line": f"{number}. {numbered(item.get('text', (item['id'],)))}",
            "basis": f"依据（{number}）：{'；'.join(item.get('basis', ()))}",
        }
        for number, item in enumerate(items, 1)
    ]
    papers = [
        {
            **_subject(one),
            "sheet": f"{one.draw}-{one.number}",
            "task": row.get("task_name", ""),
            "checks": lines,
            **_sent(source, one, lines),
            "methods": "、".join(_methods(items)),
            "team": one.names_with_certificates().replace("\n", "、"),
            **_marks(wanted.claims.get(one.team.subject)),
        }
        for one in drawn(source, wanted)
    ]
    return Letter({"papers": papers, "unit": source.ledger.office})


def _code(down: str) -> tuple[Cell, Cell]:
    """The code of a receipt and what it is, over two rows."""
    said = ("{{ mark.code }}", "{{ mark.words }}") if down == "restart" else ("", "")
    return Cell(said[0], down=down), Cell(said[1], side="left", size=9, down=down)


def _marks(claim: str | None) -> dict[str, list[object]]:
    """The code of the subject's receipt for the rows that have it; else the rows without."""
    return {
        "marks": [{"code": Code(claim), "words": _CLAIM}] if claim else [],
        "unmarked": [] if claim else [""],
    }


def _sent(source: Source, one: Drawn, lines: Sequence[Mapping[str, str]]) -> dict[str, object]:
    """Number, items, day, materials and date of a notice as it was sent; blanks before."""
    row = source.facts.get(f.NOTICES, f"{one.draw}/{one.team.subject}")
    notice: Data = row.data if row else {}
    day = day_zh(notice.get("day", ""))
    materials = numbered(notice.get("materials", ())).split("\n")
    told = {
        "day": day or f"{BLANK_DAY}     时",
        "materials": materials if materials != [""] else ["　", "　"],
        "sent": day_zh(notice.get("sent", "")) or BLANK_DAY,
    }
    numbered_so = {"sheet": notice["number"]} if "number" in notice else {}
    items = {"checks": [line for line in lines if line["item"] in notice["items"]]} if notice else {}
    return {"told": told, **numbered_so, **items}


def _subject(one: Drawn) -> dict[str, str]:
    return {
        "name": one.name,
        "code": one.team.subject,
        "address": str(one.record.get("address", "")),
        "kind": kind_zh(one.record),
    }


def _methods(items: list[Data]) -> list[str]:
    codes = [code for item in items for code in item.get("methods", ())]
    return [METHODS[code] for code in dict.fromkeys(codes)]


def _boxes(source: Source, task: Data, visit: Data) -> list[dict[str, str]]:
    """The items of the task; ticked where the visit is recorded."""
    rows: list[Data] = visit.get("items") or [{"item": item} for item in task.get("items", ())]
    found = []
    for number, box in enumerate(rows, 1):
        text = "\n".join(source.record("items", box["item"]).get("text", (box["item"],)))
        found.append(_box(str(number), text, box))
    return found


def _box(number: str, item: str, box: Data) -> dict[str, str]:
    ticks = {key: _tick(box.get(key)) for key in ("checked", "ordered", "corrected")}
    return {"number": number, "item": item, **ticks, "result": box.get("result", "")}


def _tick(said: bool | None) -> str:
    """是□否□ with the one that holds ticked; before the visit none is."""
    return _BOX if said is None else "是☑否□" if said else "是□否☑"


def _signature(visit: Data) -> str:
    """Empty, for ink; the reason where the record says that nobody signed."""
    words = {"refused": "拒绝签字", "absent": "未到场签字"}.get(visit.get("subject_signature", ""), "")
    reason = visit.get("unsigned_reason", "")
    return f"{words}：{reason}" if words and reason else words
