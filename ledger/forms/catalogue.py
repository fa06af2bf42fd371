"""Every form that is printed, by id: one line says what it is, what it asks, and what fills it.

A new form is a function from `Source` and `Wanted` to a `Sheet` or a `Letter`, and an entry here. Templates
of letters may be taken as a file, edited in Word and given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ledger.forms import (
    bulletin,
    closing_forms,
    draw_letters,
    evidence,
    followup_letters,
    monthly,
    office_letters,
    plan_tables,
    record,
    record_facts,
    register_tables,
    registers_state,
    result_tables,
    sheet,
    statistic,
    supervisor_page,
    visit_letters,
    word,
)
from ledger.forms.files import read_template
from ledger.forms.form import Ask, Form, Letter, Stamp, Wanted
from ledger.forms.source import Source
from verifier.errors import N_, Exit, LiuhenError

_VISIT = (Ask.DRAW, Ask.SUBJECT)
_CHANGE = (Ask.DRAW, Ask.SUBJECT, Ask.OFFICER)


def _statistic(name: str, title: str, english: str, source: str) -> Form:
    """A statistic whose template lies under its id."""
    template = statistic.program_template(name)

    def fill(held: Source, wanted: Wanted) -> sheet.Sheet:
        return statistic.tabulate(template(), held, wanted, name)

    return Form(name, title, english, source, fill, (Ask.PERIOD,), template, statistic.tabulate)


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
        receipts=True,
    ),
    Form(
        "advice",
        "行政检查告知书",
        N_("Advice of rights and duties"),
        "S3 四(三)",
        visit_letters.advice,
        _VISIT,
        visit_letters.advice_template,
        receipts=True,
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
    Form(
        "monthly",
        "监管工作月报表",
        N_("Monthly report"),
        "S4 附件1",
        monthly.monthly,
        (Ask.PERIOD,),
        monthly.monthly_template,
    ),
    _statistic("progress", "随机抽查工作进展情况统计表", N_("Progress of random checks"), "S2 附件2"),
    _statistic("joint", "联合检查工作进展情况统计表", N_("Progress of joint checks"), "S2 附件3"),
    _statistic(
        "nonmarket",
        "非市场监管领域推行情况统计表",
        N_("Random checks beyond market supervision"),
        "S2 附件5",
    ),
    _statistic("yearly", "年度监管工作统计表", N_("Figures of the year"), "S2 三.16"),
    _statistic("coverage", "抽查覆盖情况统计表", N_("Coverage by industry"), "S4 一(一)"),
    Form(
        "bulletin",
        "抽查情况通报",
        N_("Bulletin of a draw"),
        "S0 §14",
        bulletin.bulletin,
        (Ask.DRAW,),
        bulletin.bulletin_template,
    ),
    Form(
        "order",
        "责令改正通知书",
        N_("Order to correct"),
        "S0 §13",
        followup_letters.order,
        _VISIT,
        followup_letters.order_template,
    ),
    Form(
        "notified",
        "抄告函",
        N_("Letter to another department"),
        "S4 二(四)",
        followup_letters.notified,
        _VISIT,
        followup_letters.notified_template,
    ),
    Form(
        "transferred",
        "移送函",
        N_("Letter of referral"),
        "S4 二(四)",
        followup_letters.transferred,
        _VISIT,
        followup_letters.transferred_template,
    ),
    Form(
        "problems",
        "问题整改台账",
        N_("Ledger of problems"),
        "S4 二(四)",
        result_tables.problems,
        (Ask.YEAR, Ask.PRIVATE),
    ),
    Form(
        "evidence",
        "证据材料清单",
        N_("List of evidence of a visit"),
        "S3 四(三)",
        evidence.evidence,
        _VISIT,
        evidence.evidence_template,
    ),
    Form(
        "registers",
        "一单两库情况表",
        N_("State of the registers"),
        "S1 二(二)",
        registers_state.state,
    ),
    Form(
        "case-cover",
        "案卷封面",
        N_("Cover and index of a case"),
        "S3 三(三)",
        closing_forms.cover,
        (Ask.DRAW,),
        closing_forms.cover_template,
    ),
    Form(
        "handover",
        "工作交接单",
        N_("Handing over of duties"),
        "S0 §4",
        closing_forms.handover,
        (Ask.YEAR,),
        closing_forms.handover_template,
    ),
    Form(
        "carried",
        "年度结转清单",
        N_("What a year leaves open"),
        "S0 §4",
        closing_forms.carried_over,
        (Ask.YEAR,),
    ),
    Form(
        "one-page",
        "抽查一页通",
        N_("One page for the supervisor"),
        "S0 细则§13",
        supervisor_page.page,
        (Ask.DRAW,),
        supervisor_page.page_template,
    ),
)
FORMS: Mapping[str, Form] = {form.id: form for form in _ALL}
"""Form id → form, in the order of the list."""


def form_bytes(form: Form, source: Source, wanted: Wanted, template: Path | None = None) -> bytes:
    """The printed form: .xlsx or .docx by `form.suffix`. `template` is the office's own template.

    Raises E-FORM-TEMPLATE, and what `form.fill` raises.
    """
    filled = form.fill(source, wanted)
    if form.tabulate and template:
        filled = form.tabulate(template_bytes(form, template), source, wanted, str(template))
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
    """The template of a letter (Word) or a statistic (TOML): the office's own file, else the program's.

    Raises E-FORM-NO-TEMPLATE for another table, E-FORM-TEMPLATE when the file cannot be read.
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


def reported(form: Form, own: Path | None = None) -> str:
    """month, half or year: what a form of figures is usually about. Raises E-FORM-TEMPLATE."""
    if form.tabulate is None:
        return "month"
    return statistic.read(template_bytes(form, own), str(own or form.id)).period
