"""The closed sets of the domain: roles, reasons, methods, channels, result codes, states.

Codes stand in entries; the Chinese words beside them are those of specs/glossary.md.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Roles of key holders (design §4)."""

    ADMIN = "admin"
    CLERK = "clerk"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    OBSERVER = "observer"
    OFFICER = "officer"


ROLE_ZH = {
    Role.ADMIN: "管理员",
    Role.CLERK: "经办人",
    Role.APPROVER: "审批人",
    Role.SUPERVISOR: "现场监督人员",
    Role.OBSERVER: "受邀见证代表",
    Role.OFFICER: "执法检查人员",
}

EXCLUSION_REASONS = {
    "suspended": "停业、歇业",
    "moved": "已迁出",
    "cancelled": "已注销或吊销",
    "drawn-this-year": "本年度已抽查",
    "superior-planned": "上级已安排检查",
    "out-of-scope": "不属于本事项的监管对象",
    "no-able-officer": "回避后无可派人员",
}
ABSENCE_REASONS = {
    "leave": "休假",
    "training": "培训",
    "illness": "病假",
    "duty": "其他公务",
    "other": "其他",
}
REPLACEMENT_REASONS = {"recusal": "回避", "absence": "因故缺席"}
ABORT_CAUSES = {
    "party-missing": "有一方未启封随机数",
    "party-uncommitted": "有一方未封存随机数",
    "list-error": "名单有误",
    "public-value": "公共随机数无法取得",
    "task-withdrawn": "任务取消",
    "equipment": "设备故障",
}
CAPACITIES = {
    "deputies": "人大代表",
    "members": "政协委员",
    "media": "新闻媒体",
    "social": "社会服务机构",
    "other": "其他",
}
"""As whom somebody was invited to watch a draw (S2 一.6)."""
METHODS = {"on_site": "现场检查", "documents": "书面检查", "network": "网络监测", "entrusted": "委托专业机构"}
EVIDENCE_KINDS = {
    "photo": "照片",
    "video": "录像",
    "copy": "复制件（账册、合同等）",
    "interview": "询问笔录",
    "record": "现场检查记录",
    "sample": "抽样记录",
    "report": "专业机构报告",
    "delivery": "送达回证",
    "other": "其他",
}
"""What a scan beside an entry shows (R111, R113, R014)."""
EXEMPTIONS = {
    "food-drug": "食品药品安全",
    "work-safety": "安全生产",
    "public-safety": "公共安全",
    "environment": "环境保护",
    "special-field": "涉及公共安全和人民群众生命健康的特殊行业、重点领域",
    "accident": "发生事故",
    "failed-test": "依法检验检查不合格",
    "complaint": "投诉举报",
    "government": "国家、县级以上政府临时部署",
    "assigned": "转办交办",
    "data": "数据监测",
}
"""Grounds on which a check needs no plan (R056; S2 一.3) or no draw (R057; S3 四(一))."""
CHANNELS = {
    "credit_system": "国家企业信用信息公示系统",
    "platform": "双随机、一公开综合监管平台",
    "portal": "政府门户网站",
    "department_site": "部门网站",
    "notice_board": "公告栏",
}
RESULT_CODES = {
    "01": "未发现问题",
    "02": "发现问题经责令已改正",
    "03": "未发现本次抽查涉及的生产经营活动",
    "04": "不配合检查情节严重",
    "05": "注销",
    "06": "暂停营业",
    "07": "吊证",
    "08": "关闭",
    "09": "发现问题待后续处理",
    "10": "通过登记的住所（经营场所）无法联系",
    "11": "被撤销",
    "12": "迁出",
    "13": "未按规定公示应当公示的信息",
    "14": "公示信息隐瞒真实情况弄虚作假",
}
"""Table G of requirements.md: the codes platforms use for the result of one visit."""
FINE = "01"
NO_PROBLEM = RESULT_CODES[FINE]
"""What a box of 附件5 says where nothing was found, and the result of a visit that found nothing."""
FOUND_ON_SITE = ("02", "09")
"""Results of a problem that was found by checking an item, so that its box says so (13, 14: in what the
enterprise publishes, 04, 10: by not being able to check)."""
PROBLEM_RESULTS = ("02", "04", "09", "10", "13", "14")
"""Results that say that a problem was found (发现问题)."""
NEEDS_FOLLOWUP = ("04", "09", "10", "13", "14")
"""Results that ask for a follow-up (后续处置); 02 says itself that the problem was put right."""
FOLLOWUP_KINDS = {
    "on_the_spot": "当场改正",
    "ordered": "责令改正",
    "case": "立案",
    "notified": "抄告",
    "transferred": "移送",
    "licensing": "许可部门函告",
    "criminal": "涉嫌犯罪移送",
    "other": "其他",
}
"""What is done about a problem (R139–R142). Which it was is private in the ledger (design §3)."""
ACTIVITY_KINDS = {
    "meeting": "会议",
    "document": "文件",
    "training": "培训",
    "publicity": "宣传",
    "joint_elsewhere": "参加其他部门牵头的联合抽查",
}
"""What a monthly report tells beside the draws (R148, R158)."""
REPORT_FORMS = {
    "monthly": "月报表",
    "progress": "随机抽查工作进展情况统计表",
    "joint": "联合检查工作进展情况统计表",
    "nonmarket": "非市场监管领域推行情况统计表",
    "yearly": "年度统计",
    "other": "其他报表",
}
"""Reports whose figures are recomputed (S4 附件1, S2 附件2, 3, 5)."""
SUBJECT_KINDS = (
    "enterprise",
    "individual",
    "cooperative",
    "social_organisation",
    "institution",
    "product",
    "project",
    "behaviour",
    "other",
)
SUBJECT_STATES = ("active", "revoked", "cancelled", "moved", "closed")
OFFICER_STATES = ("active", "left", "suspended")
LINK_KINDS = {"renamed": "更名", "code_changed": "代码变更", "merged": "合并"}
PUBLISHED_LISTS = ("items", "unsuitable", "subjects", "officers")
FILTER_ATTRIBUTES = ("tags", "risk", "kind", "status", "district")
