"""Types of events that report: bulletins, tasks reported, activities, statistics (R136, R143–R148, R158)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind
from verifier.shape import day, fixed, hash32, hex64, ident, many, one_of, text, whole
from verifier.vocabulary import ACTIVITY_KINDS, CHANNELS, REPORT_FORMS

EVENTS: Mapping[str, EventType] = {
    "bulletin.issued": kind(
        "发布抽查通报",
        How(correctable=("date", "channel", "file", "address")),
        draw=ident,
        m=hex64,
        date=day,
        channel=one_of(*CHANNELS),
        file_opt=hash32,
        address_opt=text(500),
    ),
    "task.reported": kind(
        "报送抽查情况",
        How(correctable=("date", "to", "file")),
        draw=ident,
        m=hex64,
        date=day,
        to=text(200),
        file_opt=hash32,
    ),
    "activity.recorded": kind(
        "登记工作开展情况",
        How(
            correctable=(
                "date",
                "title",
                "file",
                "lead",
                "partners",
                "subjects",
                "published",
                "address",
            )
        ),
        activity=ident,
        kind=one_of(*ACTIVITY_KINDS),
        date=day,
        title=text(300),
        file_opt=hash32,
        lead_opt=text(200),
        partners_opt=many(text(200), 1, 50),
        subjects_opt=whole(0, 10**6),
        published_opt=whole(0, 10**6),
        address_opt=text(500),
    ),
    "report.issued": kind(
        "报送报表",
        How(correctable=("date", "to", "file")),
        report=ident,
        form=one_of(*REPORT_FORMS),
        figures=many(fixed(text(200), whole(0)), 0, 200),
        file=hash32,
        date=day,
        to_opt=text(200),
        **{"from": day, "until": day},
    ),
}
