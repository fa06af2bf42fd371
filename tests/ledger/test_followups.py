"""What follows a result: recorded without saying in public of which kind it was, closed, and what is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.book import Refused
from ledger.commands import bundles, followups, visits
from ledger.commands.checks import record_check
from ledger.commands.followups import problems
from ledger.commands.todo import todos
from tests.office import Office
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.errors import LiuhenError
from verifier.replay import verify_bundle, verify_entries
from verifier.report import Anchors, Report, Status
from verifier.vocabulary import FOLLOWUP_KINDS

KIND, TO, RECEIPT, REASON = "criminal", "演示县公安局", "两法衔接2026-0007", "已移交卷宗"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A draw of four, visited on 10 March; the first visit found a problem (09). 30 days to follow up."""
    office = Office(tmp_path)
    office.lists()
    office.policy(followup_days=30)
    office.plan()
    office.task()
    office.draw()
    office.clock.go("2026-03-10")
    first, *others = office.drawn()
    office.publish([office.visit(first, results=["09"]), *map(office.visit, others)])
    return office


def visit(office: Office, nth: int = 0) -> str:
    ref = office.book.facts().get(f.VISIT_OF, f"d1/{office.drawn()[nth]}")
    assert ref is not None
    return ref.key


def record(office: Office, kind: str = "ordered", **rest: object) -> str:
    return followups.record(office.book, office.clerk, visit(office), kind, **rest)[0]  # type: ignore[arg-type]


def report(office: Office, as_of: str, *, inspector: bool = True) -> Report:
    held = {o.commitment: (o.salt, o.value) for o in office.book.openings()} if inspector else {}
    return verify_entries(office.book.store.entries(), "ledger", held.get, as_of=as_of)


def status(found: Report, rule: str) -> str:
    (one,) = {c.status for c in found.checks if c.rule == rule}
    return one.value


def seq_of(office: Office, kind: str) -> int:
    return [e.body.seq for e in office.book.entries() if e.body.type == kind][-1]


@pytest.mark.parametrize("kind", FOLLOWUP_KINDS)
def test_no_public_byte_tells_the_kind(office: Office, tmp_path: Path, kind: str) -> None:
    """Nor addressee, receipt and reason: what a public bundle says of this office holds none of the words."""
    name = record(office, kind, to=TO, receipt=RECEIPT)
    followups.close(office.book, office.clerk, name, "2026-03-10", reason=REASON)
    bundles.export(office.book, office.log, tmp_path / "public")
    files = [p for p in (tmp_path / "public").rglob("*") if p.is_file() and p.suffix not in (".html", ".txt")]
    public = b"".join(p.read_bytes() for p in files)
    assert b"followup.recorded" in public
    for secret in (TO, RECEIPT, REASON, FOLLOWUP_KINDS[kind]):
        assert secret.encode() not in public, secret
    recorded = office.book.entry(seq_of(office, "followup.recorded")).body.data
    assert {key for key, value in recorded.items() if isinstance(value, dict)} == {"kind", "to", "receipt"}
    assert all(set(recorded[key]) == {"$c"} for key in ("kind", "to", "receipt"))  # type: ignore[arg-type]
    assert kind not in [v for v in recorded.values() if isinstance(v, str)]


def test_two_kinds_give_public_data_of_one_shape(office: Office) -> None:
    shapes = []
    for kind in ("on_the_spot", "criminal"):
        record(office, kind)
        data = office.book.entry(seq_of(office, "followup.recorded")).body.data
        shapes.append({key: type(value) for key, value in data.items()})
    assert shapes[0] == shapes[1]


def test_inspectors_open_it(office: Office, tmp_path: Path) -> None:
    record(office, KIND, to=TO)
    bundles.export(office.book, office.log, tmp_path / "inspector", inspector=True)
    bundle = open_bundle(tmp_path / "inspector")
    try:
        found = verify_bundle(bundle, Anchors(), workers=1)
    finally:
        bundle.close()
    assert status(found, "followup.kind") == "pass"
    assert status(found, "private.openings") == "pass"


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2026-03-10", "not_due"), ("2026-04-09", "not_due"), ("2026-04-10", "warn")]
)
def test_a_problem_without_a_follow_up_is_a_warning_after_the_days_of_the_policy(
    office: Office, as_of: str, expected: str
) -> None:
    assert status(report(office, as_of), "followup.open") == expected


def test_any_follow_up_answers_it(office: Office) -> None:
    record(office)
    assert status(report(office, "2026-12-31", inspector=False), "followup.open") == "pass"


def test_an_order_not_obeyed_at_once_asks_for_a_follow_up_whatever_the_code(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    office.clock.go("2026-03-10")
    box = {"item": "item-1", "checked": True, "ordered": True, "corrected": False, "result": "灭火器过期"}
    office.visit(office.drawn()[0], items=[box], results=["02"])
    found = report(office, "2026-12-31")
    assert status(found, "followup.open") == "not_due", "no policy says by when"
    assert [row.state for row in problems(office.book, "2026-12-31")] == ["none"]


@pytest.mark.parametrize(
    ("closed", "as_of", "expected"),
    [
        ("", "2026-03-20", "not_due"),
        ("", "2026-03-21", "warn"),
        ("2026-03-20", "2026-12-31", "pass"),
        ("2026-03-21", "2026-12-31", "warn"),
    ],
)
def test_a_rectification_is_settled_by_its_day(
    office: Office, closed: str, as_of: str, expected: str
) -> None:
    name = record(office, due="2026-03-20")
    if closed:
        office.clock.go("2026-03-22")
        followups.close(office.book, office.clerk, name, closed)
    assert status(report(office, as_of), "followup.overdue") == expected


REFUSED = {
    "a visit that nobody signed": ("visit-none", {}, "followup.order"),
    "a last day before the visit": ("", {"due": "2026-03-09"}, "followup.dates"),
    "a kind that is not of the list": ("", {"kind": "forgotten"}, "followup.kind"),
}


@pytest.mark.parametrize(("named", "rest", "rule"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_for(office: Office, named: str, rest: dict[str, str], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        followups.record(office.book, office.clerk, named or visit(office), **{"kind": "ordered", **rest})
    assert refused.value.code == rule


@pytest.mark.parametrize(
    ("day", "rule"), [("2026-03-09", "followup.dates"), ("2026-03-11", "followup.dates")]
)
def test_it_is_closed_between_the_visit_and_today(office: Office, day: str, rule: str) -> None:
    name = record(office)
    with pytest.raises(Refused) as refused:
        followups.close(office.book, office.clerk, name, day)
    assert refused.value.code == rule


def test_it_is_closed_once(office: Office) -> None:
    name = record(office)
    followups.close(office.book, office.clerk, name, "2026-03-10")
    with pytest.raises(Refused) as refused:
        followups.close(office.book, office.clerk, name, "2026-03-10")
    assert refused.value.code == "followup.order"


def test_an_unknown_one_is_not_closed(office: Office) -> None:
    with pytest.raises(LiuhenError) as error:
        followups.close(office.book, office.clerk, "followup-none", "2026-03-10")
    assert error.value.code == "E-FOLLOWUP-UNKNOWN"


def test_a_criminal_referral_wants_its_receipt_which_may_come_later(office: Office) -> None:
    without = record(office, KIND, to=TO)
    written = followups.close(office.book, office.clerk, without, "2026-03-10")
    assert [w.rule for w in written.warnings] == ["followup.receipt"]
    later = record(office, KIND)
    seq = seq_of(office, "followup.recorded")
    added = visits.correct(office.book, office.clerk, seq, "receipt", RECEIPT, "回执已到")
    office.confirm("approver", added)
    assert not followups.close(office.book, office.clerk, later, "2026-03-10").warnings


def test_the_public_is_not_asked_what_it_cannot_see(office: Office) -> None:
    followups.close(office.book, office.clerk, record(office, KIND), "2026-03-10")
    found = report(office, "2026-03-10", inspector=False)
    assert status(found, "followup.kind") == "n/a"
    assert status(found, "followup.receipt") == "n/a"


def test_kind_and_last_day_are_corrected_and_the_kind_stays_private(office: Office) -> None:
    record(office, "ordered", due="2026-03-20")
    seq = seq_of(office, "followup.recorded")
    for field, new in (("due", "2026-03-31"), ("kind", "case")):
        office.confirm("approver", visits.correct(office.book, office.clerk, seq, field, new, "笔误"))
    (row,) = problems(office.book, "2026-03-10")
    assert (row.kind, row.limit) == ("case", "2026-03-31")
    corrected = office.book.entry(seq_of(office, "corrected")).body.data
    assert set(corrected["new"]) == {"$c"}  # type: ignore[arg-type]
    assert not [c for c in report(office, "2026-03-10").checks if c.status is Status.FAIL]


@pytest.mark.parametrize(
    ("field", "new", "rule"),
    [("due", "2026-03-01", "followup.dates"), ("kind", "forgotten", "followup.kind")],
)
def test_a_correction_is_judged_like_the_deed(office: Office, field: str, new: str, rule: str) -> None:
    record(office, due="2026-03-20")
    with pytest.raises(Refused) as refused:
        visits.correct(office.book, office.clerk, seq_of(office, "followup.recorded"), field, new, "笔误")
    assert refused.value.code == rule


def test_a_voided_follow_up_leaves_the_problem_open(office: Office) -> None:
    name = record(office)
    followups.close(office.book, office.clerk, name, "2026-03-10")
    voided = visits.void(office.book, office.clerk, seq_of(office, "followup.recorded"), "误登")
    office.confirm("approver", voided)
    assert [row.state for row in problems(office.book, "2026-03-10")] == ["none"]
    assert not list(office.book.facts().rows(f.CLOSINGS))


def test_what_was_put_right_on_the_spot_is_closed_at_once(office: Office) -> None:
    record(office, "on_the_spot", closed="2026-03-10")
    (row,) = problems(office.book, "2026-03-10")
    assert (row.state, row.closed, row.kind) == ("closed", "2026-03-10", "on_the_spot")


def test_the_ledger_of_problems_tells_all_that_is_kept_here(office: Office) -> None:
    name = record(office, "ordered", due="2026-03-20", to=TO)
    office.clock.go("2026-03-25")
    followups.close(office.book, office.clerk, name, "2026-03-24", reason=REASON)
    (row,) = problems(office.book, "2026-03-25")
    assert (row.followup, row.results, row.kind, row.to) == (name, ("09",), "ordered", TO)
    assert (row.state, row.closed, row.reason, row.late) == ("closed", "2026-03-24", REASON, True)
    assert row.name.startswith("演示企业")


def test_a_check_outside_the_plan_is_followed_up_too(office: Office) -> None:
    check, _ = record_check(
        office.book,
        office.clerk,
        office.drawn()[0],
        occurred="2026-03-10T09:00:00+08:00",
        officers=["off-00", "off-01"],
        items=["item-1"],
        reason="投诉举报",
        results=["09"],
    )
    assert {row.visit for row in problems(office.book, "2026-03-10")} == {visit(office), check}
    followups.record(office.book, office.clerk, check, "ordered", due="2026-03-20")
    assert [row.state for row in problems(office.book, "2026-03-10")] == ["none", "open"]


def test_it_is_a_thing_to_do(office: Office) -> None:
    def kinds(day: str) -> list[tuple[str, bool]]:
        found = todos(office.book.facts(), day)
        return [(one.kind, one.late) for one in found if one.kind.startswith("followup")]

    assert kinds("2026-03-10") == [("followup.record", False)]
    assert kinds("2026-04-10") == [("followup.record", True)]
    name = record(office, due="2026-03-20")
    assert kinds("2026-03-21") == [("followup.close", True)]
    followups.close(office.book, office.clerk, name, "2026-03-10")
    assert kinds("2026-03-21") == []
