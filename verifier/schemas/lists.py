"""The records of the lists (一单两库) and of those beside them (specs/event-types.md §11).

Sources: S0 附件4, S2 一.2 and S3 三(一) for items (R020–R028); R030–R036, R077 for subjects; R037–R042 for
officers; R013, R014 experts; R023 items not suited; R061, R079 history; S3 附件1, 2 the two bodies.
"""

from __future__ import annotations

from collections.abc import Mapping

from verifier.shape import Shape, day, each_once, fixed, ident, lines, many, one_of, private, text, whole
from verifier.vocabulary import METHODS, OFFICER_STATES, SUBJECT_KINDS, SUBJECT_STATES

CERTIFICATES = {"department": "部门执法证", "province": "省政府执法证"}
"""Two kinds of certificate may stand side by side."""
HISTORY_BY = {"own": "本部门", "superior": "上级部门", "other": "其他部门"}
BODIES = {"leading_group": "领导小组", "joint_meeting": "联席会议"}
EXPERT_KINDS = {"expert": "专家", "body": "专业机构"}

_share = fixed(whole(0, 10**6), whole(1, 10**6))

ITEM = Shape(
    seq=whole(1),
    category_opt=text(200),
    text=lines,
    objects=text(),
    **{"class": one_of("key", "general")},
    methods=each_once(one_of(*METHODS), 1, 4),
    body=text(200),
    basis=lines,
    lead_opt=text(200),
    partners_opt=many(text(200), 0, 50),
    version_opt=text(50),
    content_opt=lines,
    rate_opt=_share,
    rate_text_opt=text(200),
    frequency_opt=text(200),
    since_opt=day,
)
SUBJECT = Shape(
    name=text(300),
    code_opt=text(64),
    code_raw_opt=text(64),
    registration_opt=text(64),
    kind=one_of(*SUBJECT_KINDS),
    kind_text_opt=text(200),
    address_opt=text(500),
    district_opt=text(100),
    tags_opt=many(text(100), 0, 100),
    risk_opt=one_of("A", "B", "C", "D"),
    risk_text_opt=text(50),
    risk_source_opt=text(200),
    risk_date_opt=day,
    status=one_of(*SUBJECT_STATES),
    established_opt=day,
    override_opt=text(500),
    legal_representative_opt=private,
    telephone_opt=private,
)
OFFICER = Shape(
    name=text(100),
    unit_opt=text(200),
    department=ident,
    department_name_opt=text(200),
    qualifications=each_once(ident, 0, 50),
    certificate=text(100),
    certificate_kind_opt=one_of(*CERTIFICATES),
    valid_from_opt=day,
    valid_to=day,
    other_certificate_opt=Shape(
        kind_opt=one_of(*CERTIFICATES), number=text(100), valid_from_opt=day, valid_to=day
    ),
    enforcement_opt=many(text(100), 0, 50),
    expertise_opt=many(text(100), 0, 50),
    position_opt=text(100),
    status=one_of(*OFFICER_STATES),
    id_number_opt=private,
    telephone_opt=private,
    sex_opt=private,
)
UNSUITABLE = Shape(text=lines, body=text(200), reason=text(), reported_to_opt=text(200), reported_opt=day)
EXPERT = Shape(
    name=text(100),
    kind=one_of(*EXPERT_KINDS),
    organisation_opt=text(200),
    fields=many(text(100), 1, 50),
    qualification_opt=text(200),
    valid_to_opt=day,
    status=one_of(*OFFICER_STATES),
)
HISTORY = Shape(
    subject=ident, date=day, by=one_of(*HISTORY_BY), body=text(200), task_opt=text(500), result_opt=text(500)
)
MEMBER = Shape(
    of=one_of(*BODIES),
    department=text(200),
    name_opt=text(100),
    title_opt=text(200),
    capacity=text(100),
    no_opt=whole(1),
)

LISTS: Mapping[str, Shape] = {
    "items": ITEM,
    "subjects": SUBJECT,
    "officers": OFFICER,
    "unsuitable": UNSUITABLE,
    "experts": EXPERT,
    "history": HISTORY,
    "members": MEMBER,
}
"""Register → shape of its records."""
