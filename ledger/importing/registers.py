"""The registers and their columns: what they are called, in the template and elsewhere.

Sources: 附件3 and 附件4 of S0, 附件2 and 附件3 of S4 (R027, R065–R067), R030–R042. The reader finds columns
by these names (`columns.py`); the template is written from the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ledger.importing import values
from ledger.importing.values import Words

EXAMPLE = "示例"
"""A row whose first cell begins with this word is the grey example of the template and is not read."""


class Form(Enum):
    """How the template presents a column."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    CHOICE = "choice"
    LONG = "long"


@dataclass(frozen=True)
class Column:
    """One column: the key in our records, its header in the template, other headers it is known by.

    `limit` is the most characters that a text (of a list: each line or part) may have.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    form: Form = Form.TEXT
    width: int = 14
    words: Words | None = None
    example: str = ""
    hint: str = ""
    limit: int = 200


@dataclass(frozen=True)
class Register:
    """The columns of one kind of list. Of each group in `any_of` at least one column must be there."""

    sheet: str
    title: str
    columns: tuple[Column, ...]
    any_of: tuple[tuple[str, ...], ...] = ()


ITEMS = Register(
    "抽查事项清单",
    "随机抽查事项清单",
    (
        Column("seq", "序号", ("编号",), width=8, example="1"),
        Column(
            "id",
            "事项编号",
            ("抽查事项编号", "事项代码"),
            form=Form.CODE,
            example="item-1",
            hint="不填时按序号生成 item-序号",
        ),
        Column(
            "category",
            "抽查类别",
            ("类别", "抽查大类"),
            width=18,
            example="企业安全生产事项检查",
            hint="与上一行相同时可留空",
        ),
        Column(
            "text",
            "抽查事项",
            ("事项名称", "检查事项", "抽查事项名称", "抽查内容"),
            True,
            Form.LONG,
            36,
            example="油气长输管道安全生产检查",
            limit=2000,
        ),
        Column(
            "objects",
            "检查对象",
            ("抽查对象", "对象", "抽查对象范围"),
            True,
            width=20,
            example="油气长输管道企业",
            limit=2000,
        ),
        Column(
            "class",
            "事项类别",
            ("事项类型", "检查事项类别"),
            True,
            Form.CHOICE,
            15,
            values.ITEM_CLASSES,
            "重点检查事项",
        ),
        Column(
            "methods",
            "检查方式",
            ("抽查方式",),
            True,
            width=16,
            words=values.METHODS,
            example="现场检查",
            hint="可填多项，用顿号分开",
        ),
        Column("body", "检查主体", ("抽查主体", "实施主体"), True, example="发改局"),
        Column(
            "basis",
            "检查依据",
            ("抽查依据", "法律依据", "依据"),
            True,
            Form.LONG,
            40,
            example="《粮食流通管理条例》第三十八条",
            limit=2000,
        ),
        Column("lead", "发起部门", ("牵头部门", "发起科(股)室"), example="发改局"),
        Column(
            "partners",
            "配合部门",
            ("参与部门", "联合部门"),
            width=18,
            example="市场监管局",
            hint="可填多项，用顿号分开",
        ),
        Column("version", "版本", ("清单版本",), width=10, example="第一版", limit=50),
    ),
)

SUBJECTS = Register(
    "检查对象名录库",
    "检查对象名录库",
    (
        Column(
            "name",
            "企业名称",
            (
                *(
                    "名称",
                    "市场主体名称",
                    "单位名称",
                    "主体名称",
                    "检查对象名称",
                    "检查对象",
                    "对象名称",
                    "机构名称",
                ),
                *("企业(机构)名称", "被检查单位", "被检查对象", "经营者名称", "字号名称", "企业全称"),
            ),
            True,
            width=32,
            example="示范粮油有限公司",
            limit=300,
        ),
        Column(
            "code",
            "统一社会信用代码",
            (
                *(
                    "社会信用代码",
                    "信用代码",
                    "统一信用代码",
                    "统一代码",
                    "注册号或统一社会信用代码",
                    "对象编号",
                    "代码",
                ),
                *("统一社会信用代码或注册号", "统一社会信用代码/注册号", "注册号/统一社会信用代码", "USCC"),
            ),
            form=Form.CODE,
            width=23,
            example="91640221MA00000000",
            hint="18 位，文本格式；没有时改填注册号",
        ),
        Column(
            "registration",
            "注册号",
            ("工商注册号", "营业执照注册号", "登记注册号"),
            form=Form.CODE,
            width=19,
            hint="没有统一社会信用代码时填 15 位注册号",
        ),
        Column(
            "address",
            "住所",
            (
                *(
                    "地址",
                    "注册地址",
                    "住所(经营场所)",
                    "经营场所",
                    "营业场所",
                    "企业地址",
                    "登记住所",
                    "企业住所",
                    "经营地址",
                ),
                *("生产经营地址", "市场主体地址", "详细地址", "主要经营场所"),
            ),
            True,
            width=36,
            example="示范县城关镇一号路1号",
            limit=500,
        ),
        Column(
            "district",
            "所属区域",
            ("地区", "区划", "行政区划", "县区", "区县", "所在区县", "辖区", "乡镇"),
            example="城关镇",
            limit=100,
        ),
        Column(
            "kind",
            "主体类型",
            ("企业类型", "市场主体类型", "对象类型", "企业(机构)类型", "类型"),
            width=18,
            example="有限责任公司",
            hint="企业、个体工商户、农民专业合作社、社会团体、事业单位、产品、项目、行为等",
        ),
        Column(
            "established",
            "成立日期",
            ("注册日期", "设立日期", "登记日期", "成立时间", "注册时间"),
            form=Form.DATE,
            example="2015-06-01",
        ),
        Column(
            "tags",
            "行业标签",
            ("标签", "监管标签", "行业"),
            width=20,
            example="粮食经营；粮食承储",
            hint="可填多项，用分号或顿号分开",
            limit=100,
        ),
        Column(
            "risk",
            "信用风险等级",
            ("风险等级", "信用风险分类", "风险类别", "信用风险类别", "企业信用风险等级"),
            form=Form.CHOICE,
            words=values.RISKS,
            example="B",
        ),
        Column(
            "risk_source",
            "风险等级来源",
            ("风险来源", "分类来源"),
            width=20,
            example="市场监管局信用风险分类系统",
        ),
        Column(
            "risk_date",
            "风险评定日期",
            ("分类日期", "评定日期", "风险等级日期"),
            form=Form.DATE,
            example="2023-03-31",
        ),
        Column(
            "status",
            "登记状态",
            ("经营状态", "企业状态", "状态", "存续状态", "主体状态"),
            form=Form.CHOICE,
            width=12,
            words=values.SUBJECT_STATUS,
            example="存续",
            hint="不填视为存续",
        ),
        Column(
            "legal_representative",
            "法定代表人",
            ("法人", "法人代表", "负责人", "法定代表人(负责人)", "法定代表人姓名"),
            hint="不公开",
        ),
        Column(
            "telephone",
            "联系电话",
            ("电话", "手机", "手机号码", "联系方式", "手机号"),
            form=Form.CODE,
            hint="不公开",
        ),
    ),
    (("code", "registration"),),
)

OFFICERS = Register(
    "执法检查人员名录库",
    "执法检查人员名录库",
    (
        Column(
            "id",
            "人员编号",
            ("编号", "检查人员编号", "执法人员编号"),
            True,
            Form.CODE,
            example="fgj-01",
            hint="字母、数字、横线；全库唯一",
        ),
        Column(
            "name",
            "姓名",
            ("检查人员", "人员姓名", "检查人员姓名", "执法人员姓名"),
            True,
            width=12,
            example="张示范",
            limit=100,
        ),
        Column("sex", "性别", (), form=Form.CHOICE, width=8, words=values.SEXES, example="男", hint="不公开"),
        Column("unit", "单位", ("工作单位", "所在单位", "单位名称", "执法机关"), width=18, example="发改局"),
        Column(
            "department",
            "部门代码",
            ("部门编号", "科室代码"),
            True,
            Form.CODE,
            12,
            example="fgj",
            hint="如 fgj、scj",
        ),
        Column("department_name", "部门名称", ("部门", "科室", "所在部门", "所在科室"), example="发改局"),
        Column(
            "qualifications",
            "资质代码",
            ("资质", "执法资质", "执法资质代码"),
            form=Form.CODE,
            width=16,
            example="safety、grain",
            hint="可填多项，用顿号分开",
        ),
        Column(
            "certificate",
            "执法证号",
            ("执法证号码", "执法证件号", "执法证编号", "证号", "行政执法证号"),
            True,
            form=Form.CODE,
            width=18,
            example="SF-0001",
            limit=100,
        ),
        Column("valid_from", "有效期起", ("发证日期", "证件有效期起"), form=Form.DATE, example="2022-01-01"),
        Column(
            "valid_to",
            "有效期止",
            ("有效期至", "证件有效期", "有效期", "证件有效期止"),
            True,
            form=Form.DATE,
            example="2027-12-31",
        ),
        Column("position", "职务", ("职务职级", "岗位"), example="科员", limit=100),
        Column(
            "status",
            "状态",
            ("在岗状态", "人员状态"),
            form=Form.CHOICE,
            width=10,
            words=values.OFFICER_STATUS,
            example="在岗",
            hint="不填视为在岗",
        ),
        Column(
            "id_number",
            "身份证号",
            ("身份证号码", "公民身份号码", "身份证"),
            form=Form.CODE,
            width=22,
            hint="不公开",
        ),
        Column(
            "telephone", "联系电话", ("电话", "手机", "手机号码", "手机号"), form=Form.CODE, hint="不公开"
        ),
    ),
)

PLAN = Register(
    "年度抽查计划",
    "双随机抽查工作计划",
    (
        Column("no", "序号", ("计划序号",), width=8, example="1"),
        Column(
            "plan_name",
            "计划名称",
            ("抽查计划名称",),
            True,
            width=26,
            example="2023年全县粮食流通随机抽查001",
            limit=300,
        ),
        Column("task_name", "抽查任务名称", ("任务名称",), True, width=26, example="储备粮检查", limit=500),
        Column(
            "text",
            "抽查事项",
            ("检查事项", "抽查内容", "抽查事项名称"),
            True,
            Form.LONG,
            36,
            example="油气长输管道安全生产检查",
            limit=2000,
        ),
        Column(
            "items",
            "事项编号",
            ("抽查事项编号", "清单事项编号"),
            form=Form.CODE,
            width=14,
            example="item-1",
            hint="清单中的编号，可填多项；不填时按文字对应",
        ),
        Column("rate", "抽查比例", ("比例", "抽取比例", "检查比例"), True, Form.CODE, 12, example="5%"),
        Column(
            "objects",
            "检查对象",
            ("抽查对象", "抽查对象范围", "检查对象范围"),
            True,
            width=22,
            example="政策性粮食承储企业",
            limit=2000,
        ),
        Column(
            "tags",
            "抽取条件（行业标签）",
            ("抽取条件", "行业标签", "抽取标签"),
            width=20,
            example="粮食承储",
            hint="可填多项，含其中之一即列入",
            limit=100,
        ),
        Column(
            "draw", "抽查类型", ("抽取类型", "抽查方式"), True, Form.CHOICE, 12, values.DRAW_TYPES, "不定向"
        ),
        Column(
            "organiser",
            "组织抽查单位",
            ("组织单位", "发起部门", "发起科(股)室", "发起科室"),
            True,
            example="发改局",
        ),
        Column("executor", "实施检查单位", ("检查单位", "实施单位"), example="发改局"),
        Column(
            "partners",
            "联合检查参与部门",
            ("参与部门", "联合部门", "联合科(股)室", "配合部门"),
            width=18,
            example="市场监管局",
        ),
        Column(
            "until",
            "完成时限",
            ("抽查时间", "完成时间", "检查时间", "时限"),
            True,
            Form.CODE,
            16,
            example="2023年10月",
            hint="写明年、月",
        ),
        Column("reason", "低于比例的理由", ("低于比例理由", "比例说明"), width=22, limit=500),
        Column("plan_no", "抽查计划编号", ("计划编号",), form=Form.CODE, example="2023001", limit=50),
        Column("task_no", "抽查任务编号", ("任务编号",), form=Form.CODE, example="001号", limit=50),
        Column("lead", "牵头部门", ("牵头单位",), example="发改局", hint="与组织抽查单位不同时填写"),
        Column("remark", "备注", ("计划备注",), width=18, example="县本级开展", limit=500),
    ),
)

CONFLICTS = Register(
    "利害关系申报",
    "利害关系申报表",
    (
        Column("officer", "人员编号", ("检查人员编号", "执法人员编号"), True, Form.CODE, example="fgj-01"),
        Column("officer_name", "姓名", ("检查人员", "人员姓名"), width=12, example="张示范"),
        Column(
            "subject",
            "统一社会信用代码",
            ("对象代码", "信用代码", "注册号或统一社会信用代码", "对象编号"),
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
        ),
        Column(
            "relation",
            "关系类型",
            ("关系", "利害关系", "利害关系类型"),
            True,
            Form.CHOICE,
            14,
            values.RELATIONS,
            "近亲属",
        ),
        Column(
            "details",
            "具体情况",
            ("说明", "情况说明", "备注"),
            form=Form.LONG,
            width=36,
            hint="不公开",
            limit=2000,
        ),
    ),
)

PEOPLE = Register(
    "人员与角色",
    "人员与角色",
    (
        Column(
            "id",
            "人员编号",
            ("编号", "持有人编号"),
            True,
            Form.CODE,
            example="h-01",
            hint="与名录库中为同一人时编号相同",
        ),
        Column("name", "姓名", ("人员姓名",), True, width=12, example="张示范", limit=100),
        Column("unit", "单位代码", ("部门代码",), True, Form.CODE, 12, example="fgj", hint="如 fgj、scj"),
        Column("unit_name", "单位名称", ("单位", "工作单位", "所在单位"), width=20, example="发改局"),
        Column(
            "roles",
            "角色",
            ("职责", "岗位角色"),
            True,
            width=26,
            words=values.ROLES,
            example="经办人",
            hint="可填多项，用顿号分开",
        ),
    ),
)

REGISTERS = (ITEMS, SUBJECTS, OFFICERS, PLAN, CONFLICTS, PEOPLE)
