"""Every form that is printed, by id: one line says what it is, what it asks, and what fills it.

A new form is a function from `Source` and `Wanted` to a `Sheet` or a `Letter`, and an entry here. Templates
of letters may be taken as a file, edited in Word and given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ledger.forms import (
    draw_letters,
    office_letters,
    plan_tables,
    record,
    record_facts,
    register_tables,
    result_tables,
    sheet,
    visit_letters,
    word,
)
from ledger.forms.files import read_template
from ledger.forms.form import Ask, Form, Letter, Stamp, Wanted
from ledger.forms.source import Source
from verifier.errors import N_, Exit, LiuhenError

_VISIT = (Ask.DRAW, Ask.SUBJECT)
_CHANGE = (Ask.DRAW, Ask.SUBJECT, Ask.OFFICER)

_ALL = (
    Form("plan", "年度双随机抽查工作计划", N_("Yearly plan"), "S0 附件3", plan_tables.yearly, (Ask.PLAN,)),
    Form("items", "随机抽查事项清单", N_("Item list"), "S0 附件4", register_tables.items, (Ask.YEAR,)),
    Form(
        "visit",
        "抽查情况记录表",
        N_("Record of a visit"),
        "S0 附件5",
        visit_letters.visit_record,
        _VISIT,
        visit_letters.visit_record_template,
    ),
    Form(
        "record",
        "选派（抽取）记录单",
        N_("Record of a draw"),
        "S0 附件6",
        record_facts.fill,
        (Ask.DRAW,),
        record.template,
    ),
    Form(
        "summary", "抽查情况汇总表", N_("Summary of a draw"), "S0 附件7", result_tables.summary, (Ask.DRAW,)
    ),
    Form("subjects", "检查对象名录库", N_("Register of subjects"), "S0 细则§7", register_tables.subjects),
    Form(
        "officers",
        "执法检查人员名录库",
        N_("Register of officers"),
        "S0 细则§6",
        register_tables.officers,
        (Ask.PRIVATE,),
    ),
    Form(
        "checklist",
        "执法检查表",
        N_("Check sheet of a visit"),
        "S3 四(二)",
        visit_letters.checklist,
        _VISIT,
        visit_letters.checklist_template,
    ),
    Form(
        "notice",
        "检查通知书",
        N_("Notice ahead of a visit"),
        "S3 四(三)",
        visit_letters.notice,
        _VISIT,
        visit_letters.notice_template,
    ),
    Form(
        "advice",
        "行政检查告知书",
        N_("Advice of rights and duties"),
        "S3 四(三)",
        visit_letters.advice,
        _VISIT,
        visit_letters.advice_template,
    ),
    Form(
        "filing",
        "抽取结果备案表",
        N_("Filing of a draw's result"),
        "S1 二(三)",
        draw_letters.filing,
        (Ask.DRAW,),
        draw_letters.filing_template,
    ),
    Form(
        "recusal",
        "回避审批表",
        N_("Approval of a recusal"),
        "S1 二(三)",
        draw_letters.recusal,
        _CHANGE,
        draw_letters.recusal_template,
    ),
    Form(
        "substitution",
        "递补审批表",
        N_("Approval of a substitute"),
        "S1 二(三)",
        draw_letters.substitution,
        _CHANGE,
        draw_letters.substitution_template,
    ),
    Form(
        "inspections",
        "执法检查台账",
        N_("Ledger of inspections"),
        "S2 一.6",
        result_tables.inspections,
        (Ask.YEAR, Ask.DRAW),
    ),
    Form(
        "unsuitable",
        "不纳入随机抽查事项说明",
        N_("Account of items left out"),
        "S2 一.2",
        office_letters.unsuitable,
        (),
        office_letters.unsuitable_template,
    ),
    Form(
        "inspection-plan",
        "年度行政执法检查计划表",
        N_("Plan of inspections, to be filed"),
        "S2 附件1",
        plan_tables.inspections,
        (Ask.PLAN,),
    ),
    Form(
        "non-market-plan",
        "年度非市场监管领域抽查工作计划表",
        N_("Plan beyond market supervision"),
        "S2 附件4",
        plan_tables.beyond_market,
        (Ask.PLAN, Ask.HALF),
    ),
    Form(
        "leading-group",
        "领导小组成员名单",
        N_("Members of the leading group"),
        "S3 附件1",
        office_letters.leading_group,
        (Ask.AREA,),
        office_letters.leading_group_template,
    ),
    Form(
        "joint-meeting",
        "联席会议成员名单",
        N_("Members of the joint meeting"),
        "S3 附件2",
        office_letters.joint_meeting,
        (Ask.AREA,),
        office_letters.joint_meeting_template,
    ),
    Form(
        "internal-plan",
        "内部联合抽查工作计划表",
        N_("Plan of internal joint checks"),
        "S4 附件2",
        plan_tables.internal,
        (Ask.PLAN,),
    ),
    Form(
        "joint-plan",
        "部门联合抽查工作计划表",
        N_("Plan of joint checks"),
        "S4 附件3",
        plan_tables.joint,
        (Ask.PLAN, Ask.AREA),
    ),
)
FORMS: Mapping[str, Form] = {form.id: form for form in _ALL}
"""Form id → form, in the order of the list."""


def form_bytes(form: Form, source: Source, wanted: Wanted, template: Path | None = None) -> bytes:
    """The printed form: .xlsx or .docx by `form.suffix`. `template` is the office's own Word template.

    Raises E-FORM-TEMPLATE, and what `form.fill` raises.
    """
    filled = form.fill(source, wanted)
    stamp = Stamp.on(form, source, wanted)
    if isinstance(filled, Letter):
        return word.render(template_bytes(form, template), filled, stamp, template)
    lines = (
        " · ".join(part for part in (f"表　　格 {form.id}", stamp.of) if part),
        f"留痕台账 {stamp.ledger_id}",
        f"台账指纹 {stamp.head}",
    )
    return sheet.render(filled, footer=lines, qr=stamp.qr_text(), practice=stamp.practice)


def template_bytes(form: Form, own: Path | None = None) -> bytes:
    """The Word template of a letter: the office's own file, else the one of the program.

    Raises E-FORM-NO-TEMPLATE for a table, E-FORM-TEMPLATE when the file cannot be read.
    """
    if form.template is None:
        raise LiuhenError(
            "E-FORM-NO-TEMPLATE",
            N_("{title} is a table (.xlsx) and has no Word template."),
            remedy=N_("Print it, and change the printed workbook where needed."),
            exit=Exit.USAGE,
            title=form.title,
        )
    return read_template(own) if own else form.template()
