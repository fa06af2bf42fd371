"""What an office's 实施细则 says as data: the values of `policy.adopted` (specs/event-types.md §12).

The first nine are required. Each of the others is a rule that some offices have; where it is left out,
nothing is asked.
"""

from __future__ import annotations

import re

from verifier.shape import Shape, fixed, flag, many, matching, one_of, text, whole
from verifier.vocabulary import REPORT_FORMS

FILING_TABLES = {
    "yearly": "年度计划",
    "first_half": "上半年计划",
    "second_half": "下半年计划",
    "internal": "内部联合抽查计划",
    "joint": "部门联合抽查计划",
}
"""Which table of a plan is filed (备案): R053, R059, R062."""
RISK_CLASSES = ("A", "B", "C", "D")

_share = fixed(whole(0, 10**6), whole(1, 10**6))
_month_day = matching(re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])\Z"), "MM-DD, the day 01–28")
_days = whole(1, 366)
_threshold = matching(re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*){2}\Z"), "a threshold of a detector")
_unit = one_of("working", "calendar")

POLICY_VALUES = Shape(
    min_rate=_share,
    min_officers=whole(1, 20),
    min_choices=whole(1),
    publish_days=_days,
    publish_unit=_unit,
    publish_from=one_of("visit", "task"),
    rest_day=one_of("earlier", "later", "keep"),
    sealed=flag,
    approvals=Shape(
        task=one_of("approver", "admin"),
        exclusion=one_of("approver", "admin"),
        replacement=one_of("approver", "admin"),
        correction=one_of("approver", "admin"),
    ),
    frequency_opt=fixed(whole(0, 366), whole(1, 366)),
    joint_frequency_opt=fixed(whole(0, 366), whole(1, 366)),
    yearly_cap_opt=whole(1, 366),
    repeat_opt=one_of("refuse", "warn", "allow"),
    more_often_opt=flag,
    classes_opt=many(one_of(*RISK_CLASSES), 1, 4),
    class_rates_opt=one_of("rising"),
    coverage_opt=_share,
    joint_rate_opt=_share,
    joint_min_opt=whole(0, 366),
    joint_departments_opt=whole(2, 50),
    internal_min_opt=whole(0, 366),
    plan_deadlines_opt=many(fixed(one_of(*FILING_TABLES), _month_day), 1, 5),
    publish_before_file_opt=flag,
    plan_names_opt=one_of("numbered"),
    filing_days_opt=_days,
    filing_unit_opt=_unit,
    report_days_opt=_days,
    report_unit_opt=_unit,
    monthly_report_opt=whole(1, 28),
    report_deadlines_opt=many(fixed(one_of(*REPORT_FORMS), _month_day), 1, 12),
    bulletin_opt=flag,
    followup_days_opt=_days,
    followup_unit_opt=_unit,
    forms_opt=flag,
    notice_opt=flag,
    review_opt=flag,
    joint_results_opt=flag,
    list_targets_opt=whole(1, 5),
    platform_opt=text(200),
    strict_2024_opt=flag,
    cosigned_freeze_opt=whole(1, 32),
    doubts_opt=many(fixed(_threshold, whole(0, 10**6)), 1, 100),
)
