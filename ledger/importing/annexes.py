"""The lists beside 一单两库: items not suited, experts, earlier inspections, members of the two bodies.

Sources: S2 一.2 (R023), S2 一.5 and S3 三(二) (R013, R014), S1 二(三) (R061, R079), S3 附件1 and 2. Each
register stands beside its reader; the template has a sheet for each.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import partial
from hashlib import sha256

from ledger import codes
from ledger.importing import values
from ledger.importing.column import Column, Form, Register
from ledger.importing.faults import Kind
from ledger.importing.reading import Fields
from ledger.importing.records import Private, Record, Sheet, Source, counted, filled, or_else, read_rows
from verifier.ids import is_id
from verifier.schema import register_shape

Found = tuple[str, str, Record, Private] | None

UNSUITABLE = Register(
    "不适用双随机的事项",
    "不适用随机抽查的事项清单",
    (
        Column("no", "序号", ("编号",), width=8, example="1"),
        Column(
            "text",
            "检查事项",
            ("抽查事项", "事项名称", "事项"),
            True,
            Form.LONG,
            36,
            example="信访举报核查",
            limit=2000,
        ),
        Column("body", "检查主体", ("抽查主体", "实施主体", "责任部门"), True, example="发改局"),
        Column(
            "reason",
            "不适用的理由",
            ("理由", "原因", "不适用理由", "不适用原因", "不适合理由"),
            True,
            Form.LONG,
            40,
            example="根据举报线索开展，对象不能随机选取",
            limit=2000,
        ),
        Column("reported_to", "报送单位", ("报送部门", "报备单位"), width=16, example="司法局"),
        Column("reported", "报送日期", ("报备日期",), form=Form.DATE, example="2019-06-25"),
    ),
)

EXPERTS = Register(
    "专家和专业机构",
    "专家和专业机构名录",
    (
        Column(
            "id",
            "编号",
            ("专家编号", "机构编号"),
            True,
            Form.CODE,
            example="zj-01",
            hint="字母、数字、横线；不得与执法检查人员编号相同",
        ),
        Column(
            "name",
            "名称",
            ("姓名", "专家姓名", "机构名称"),
            True,
            width=20,
            example="示范检测中心",
            limit=100,
        ),
        Column("kind", "类别", ("类型", "专家类别"), True, Form.CHOICE, 12, values.EXPERT_KINDS, "专业机构"),
        Column("organisation", "所在单位", ("单位", "工作单位"), width=20, example="示范研究院"),
        Column(
            "fields",
            "专业领域",
            ("领域", "专长", "业务专长", "专业", "检测领域"),
            True,
            width=22,
            example="管道检测",
            hint="可填多项，用顿号分开",
            limit=100,
        ),
        Column(
            "qualification",
            "资质证书",
            ("资质", "资质证书编号", "职称"),
            form=Form.CODE,
            width=20,
            example="JC-0001",
        ),
        Column("valid_to", "有效期止", ("有效期至", "有效期"), form=Form.DATE, example="2027-12-31"),
        Column(
            "status",
            "状态",
            (),
            form=Form.CHOICE,
            width=10,
            words=values.OFFICER_STATUS,
            example="在岗",
            hint="不填视为在岗",
        ),
    ),
)

HISTORY = Register(
    "既往检查",
    "既往检查情况",
    (
        Column("no", "序号", (), width=8, example="1"),
        Column(
            "subject",
            "统一社会信用代码",
            ("对象代码", "信用代码", "注册号或统一社会信用代码", "对象编号", "注册号"),
            True,
            Form.CODE,
            23,
            example="91640221MA00000000",
        ),
        Column(
            "subject_name",
            "企业名称",
            ("检查对象", "对象名称", "名称", "市场主体名称"),
            width=32,
            example="示范粮油有限公司",
            limit=300,
        ),
        Column("date", "检查日期", ("抽查日期", "检查时间", "日期"), True, Form.DATE, example="2023-02-20"),
        Column(
            "by",
            "检查来源",
            ("来源", "检查层级"),
            True,
            Form.CHOICE,
            14,
            values.HISTORY_BY,
            "上级部门",
        ),
        Column("body", "检查单位", ("检查部门", "检查机关", "实施单位"), True, width=18, example="市发改委"),
        Column(
            "task",
            "任务名称",
            ("抽查任务", "检查事项", "事项"),
            width=26,
            example="全市储备粮抽查",
            limit=500,
        ),
        Column("result", "检查结果", ("结果", "抽查结果"), width=22, example="未发现问题", limit=500),
    ),
)

MEMBERS = Register(
    "组织机构成员",
    "领导小组和联席会议成员名单",
    (
        Column("no", "序号", (), width=8, example="1"),
        Column(
            "of",
            "组织",
            ("机构", "名单", "所属机构"),
            True,
            Form.CHOICE,
            12,
            values.BODIES,
            "领导小组",
        ),
        Column(
            "capacity",
            "担任职务",
            ("组内职务", "职责", "角色", "成员身份"),
            True,
            width=14,
            example="组长",
            hint="组长、副组长、召集人、成员、联络员等",
            limit=100,
        ),
        Column(
            "department",
            "单位",
            ("成员单位", "部门", "工作单位", "部门名称"),
            True,
            width=20,
            example="发改局",
        ),
        Column("name", "姓名", ("成员姓名",), width=12, example="张示范", limit=100),
        Column("title", "职务", ("行政职务", "单位职务"), width=16, example="局长"),
    ),
)

ANNEXES = (UNSUITABLE, EXPERTS, HISTORY, MEMBERS)


def read_unsuitable(
    path: Source, *, today: date, sheet: str | None = None, leave_out: Collection[int] = ()
) -> Sheet:
    """Items not suited to random inspection, each with its reason (R023). The id is `unsuitable-<序号>`."""
    shape = register_shape("unsuitable")
    return read_rows(UNSUITABLE, path, _unsuitable, today, sheet, leave_out, shape)


def read_experts(
    path: Source,
    *,
    today: date,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
    officers: Collection[str] = (),
) -> Sheet:
    """Experts and testing bodies (R013, R014), who are no officers: an id of `officers` is a fault."""
    reader = partial(_expert, frozenset(name.lower() for name in officers))
    return read_rows(EXPERTS, path, reader, today, sheet, leave_out, register_shape("experts"))


def read_history(
    path: Source,
    *,
    today: date,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
    known_subjects: Collection[str] | None = None,
) -> Sheet:
    """What was inspected before the ledger, or by others (R061, R079). A row of the same subject, day and
    body has the same id; a subject that is not listed is a warning."""
    known = None if known_subjects is None else frozenset(known_subjects)
    return read_rows(
        HISTORY, path, partial(_history, known), today, sheet, leave_out, register_shape("history")
    )


def read_members(
    path: Source, *, today: date, sheet: str | None = None, leave_out: Collection[int] = ()
) -> Sheet:
    """The leading group (S3 附件1) and the joint meeting (S3 附件2). The id is that of body, department and
    name, so that a change of post is a change of a row."""
    return read_rows(MEMBERS, path, _member, today, sheet, leave_out, register_shape("members"))


def _unsuitable(fields: Fields) -> Found:
    no = counted(fields, "no")
    record = filled(
        text=fields.lines("text", True),
        body=fields.text("body", True),
        reason=fields.text("reason", True),
        reported_to=fields.text("reported_to"),
        reported=fields.date("reported", past=True),
    )
    if record is None or no is None:
        return None
    return "no", f"unsuitable-{no or fields.row.number}", record, {}


def _expert(officers: frozenset[str], fields: Fields) -> Found:
    name = fields.identifier("id", True)
    if name and name.lower() in officers:
        fields.fault(Kind.EXPERT_IS_OFFICER, "id", name)
        name = None
    domains = fields.parts("fields")
    if domains == []:
        fields.fault(Kind.REQUIRED, "fields", "")
        domains = None
    number = fields.code("qualification")
    record = filled(
        name=fields.text("name", True),
        kind=fields.word("kind", values.EXPERT_KINDS, True),
        organisation=fields.text("organisation"),
        fields=domains,
        qualification=None if number is None else fields.text("qualification"),
        valid_to=fields.date("valid_to"),
        status=or_else(fields.word("status", values.OFFICER_STATUS), "active"),
    )
    if record is None or not name:
        return None
    return "id", name, record, {}


def _history(known: frozenset[str] | None, fields: Fields) -> Found:
    written = fields.code("subject", True)
    subject = written[0] if written else None
    if subject and codes.looks_like_id_number(subject) and subject not in (known or ()):
        fields.fault(Kind.PERSON_IN_CODE, "subject", codes.mask(subject))
        subject = None
    elif subject and not is_id(subject):
        fields.fault(Kind.NOT_AN_ID, "subject", subject)
        subject = None
    fields.text("subject_name")
    record = filled(
        subject=subject,
        date=fields.date("date", True, past=True),
        by=fields.word("by", values.HISTORY_BY, True),
        body=fields.text("body", True),
        task=fields.text("task"),
        result=fields.text("result"),
    )
    if record is None or not subject:
        return None
    if known is not None and subject not in known:
        fields.warn(Kind.SUBJECT_NOT_LISTED, "subject", subject)
    return (
        "subject",
        _named("h", subject, str(record.get("date", "")), str(record.get("body", ""))),
        record,
        {},
    )


def _member(fields: Fields) -> Found:
    no = counted(fields, "no")
    record = filled(
        of=fields.word("of", values.BODIES, True),
        department=fields.text("department", True),
        name=fields.text("name"),
        title=fields.text("title"),
        capacity=fields.text("capacity", True),
    )
    if record is None or no is None:
        return None
    if no:
        record["no"] = no
    who = record.get("name") or record.get("capacity")
    return (
        "department",
        _named("m", *(str(p or "") for p in (record.get("of"), record.get("department"), who))),
        record,
        {},
    )


def _named(letter: str, *parts: str) -> str:
    """An id made from what identifies a row."""
    return f"{letter}-" + sha256("\n".join(parts).encode()).hexdigest()[:12]
