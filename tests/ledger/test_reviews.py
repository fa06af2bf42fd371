"""Forms, notices, longer time, results by department, review: what an office may ask around a visit."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.book import Refused
from ledger.commands import draws, keys, library, notices, reviews, visits
from ledger.commands.keys import Person
from ledger.commands.notices import Notice
from ledger.commands.todo import todos
from ledger.keystore import Signer
from tests.office import ORIGIN, PASSPHRASE, Office, digest
from verifier import facts as f
from verifier.codec import Value
from verifier.law.joined import last_day
from verifier.replay import verify_entries
from verifier.report import Report, Status

DAY = "2026-03-10"


def office_with(folder: Path, *, sealed: bool = False, **values: Value) -> Office:
    """An office with a completed draw under a policy with `values`, eight days later."""
    office = Office(folder)
    office.lists()
    office.policy(**values)
    office.plan()
    office.task(sealed=sealed, window=("2026-03-01", "2026-03-20"))
    office.draw()
    office.clock.go(DAY)
    return office


def report(office: Office, as_of: str = "") -> Report:
    """What a verifier without openings says."""
    return verify_entries([e.raw for e in office.book.entries()], "office", as_of=as_of or None)


def bad(office: Office, as_of: str = "") -> set[str]:
    return {c.rule for c in report(office, as_of).checks if c.status in (Status.FAIL, Status.WARN)}


def kinds(office: Office) -> set[str]:
    return {one.kind for one in todos(office.book.facts(), office.clock.day)}


def partner(office: Office) -> Signer:
    """A clerk of the other department, enrolled."""
    person = Person("wu-scj", "吴六", "scj", ("clerk",))
    signer = keys.new_key(office.folder / "partner", ORIGIN, person, PASSPHRASE, scrypt_n=2)
    keys.enroll(office.book, office.admin, keys.enrolment(signer, person.name))
    return signer


def told(office: Office, **changes: object) -> Notice:
    options: dict[str, object] = {
        "items": ["item-1"],
        "sent": office.clock(),
        "day": "2026-03-12",
        "materials": ["营业执照"],
        **changes,
    }
    return Notice(**options)  # type: ignore[arg-type]


# notices


def test_a_visit_without_the_notice_that_the_policy_asks_for_is_remarked(tmp_path: Path) -> None:
    office = office_with(tmp_path, notice=True)
    assert "notice" in kinds(office)
    office.visit(office.drawn()[0])
    assert bad(office) == {"notice.before-visit"}


def test_a_notice_before_the_visit_is_as_it_should_be(tmp_path: Path) -> None:
    office = office_with(tmp_path, notice=True)
    left = notices.to_notify(office.book.facts(), "d1")
    assert left == office.drawn()
    notices.send_notices(office.book, office.clerk, "d1", left, told(office))
    assert "notice" not in kinds(office)
    office.clock.go("2026-03-12")
    for subject in office.drawn():
        office.visit(subject)
    assert bad(office) == set()


def test_a_notice_after_the_visit_is_remarked(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    subject = office.drawn()[0]
    office.visit(subject)
    written = notices.send_notices(office.book, office.clerk, "d1", [subject], told(office))
    assert [finding.rule for finding in written.warnings] == ["notice.before-visit"]


def test_an_unannounced_visit_has_its_notice_handed_over_on_arrival(tmp_path: Path) -> None:
    office = office_with(tmp_path, notice=True)
    subject = office.drawn()[0]
    began = f"{DAY}T08:00:00+08:00"
    handed = told(office, day="", unannounced=True)
    notices.send_notices(office.book, office.clerk, "d1", [subject], handed)
    office.visit(subject, occurred=began)
    assert bad(office) == set()


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("an item of another task", {"items": ["item-2"]}),
        ("no day of an announced visit", {"day": ""}),
        ("a day that is over", {"day": "2026-03-09"}),
        ("sent tomorrow", {"sent": "2026-03-11T09:00:00+08:00"}),
    ],
)
def test_a_notice_is_refused_for(tmp_path: Path, why: str, changes: dict[str, object]) -> None:
    office = office_with(tmp_path)
    with pytest.raises(Refused, match=r"notice\.form"):
        notices.send_notices(office.book, office.clerk, "d1", office.drawn()[:1], told(office, **changes))


def test_one_notice_a_subject(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    first = office.drawn()[:1]
    notices.send_notices(office.book, office.clerk, "d1", first, told(office))
    with pytest.raises(Refused, match=r"notice\.form"):
        notices.send_notices(office.book, office.clerk, "d1", first, told(office))


def test_a_sealed_draw_names_nobody_until_its_notices_travel_with_the_unsealing(tmp_path: Path) -> None:
    office = office_with(tmp_path, sealed=True, notice=True)
    drawn = office.drawn()
    sent = notices.send_notices(office.book, office.clerk, "d1", drawn[:-1], told(office))
    assert not any(subject.encode() in e.raw for subject in drawn for e in sent.entries)
    waits = {c.rule for c in report(office).checks if c.status is Status.NOT_DUE}
    assert {"notice.form", "notice.before-visit"} <= waits
    office.clock.go("2026-03-12")
    for subject in drawn:
        office.visit(subject)
    assert bad(office) == set()
    draws.unseal(office.book, office.clerk, "d1")
    facts = office.book.facts()
    assert facts.get(f.DRAWS, "d1").unsealed  # type: ignore[union-attr]
    assert bad(office) == {"notice.before-visit"}


def test_a_notice_of_an_enterprise_not_drawn_is_found_when_the_draw_is_unsealed(tmp_path: Path) -> None:
    office = office_with(tmp_path, sealed=True)
    other = next(s for s, _ in office.book.facts().rows(f.register("subjects")) if s not in office.drawn())
    with pytest.raises(Refused, match=r"notice\.form"):
        notices.send_notices(office.book, office.clerk, "d1", [other], told(office))


# a longer time


def test_a_longer_time_moves_the_duty_when_it_is_approved(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    first, *rest = office.drawn()
    written = notices.extend(office.book, office.clerk, "d1", first, "2026-04-10", "需委托检验")
    assert last_day(office.book.facts(), "d1", first) == "2026-03-20"
    office.confirm("approver", written)
    assert last_day(office.book.facts(), "d1", first) == "2026-04-10"
    office.publish([office.visit(subject) for subject in rest])
    assert bad(office, "2026-04-01") == set()
    assert bad(office, "2026-04-11") == {"visit.complete"}
    office.clock.go("2026-04-09")
    office.visit(first)
    assert bad(office) == set()


def test_a_longer_time_of_a_sealed_draw_is_judged_when_it_is_unsealed(tmp_path: Path) -> None:
    office = office_with(tmp_path, sealed=True)
    first, *rest = office.drawn()
    office.confirm(
        "approver", notices.extend(office.book, office.clerk, "d1", first, "2026-04-10", "需委托检验")
    )
    names = [office.visit(subject) for subject in rest]
    office.publish(names)
    office.clock.go("2026-04-03")
    office.publish([office.visit(first)])
    draws.unseal(office.book, office.clerk, "d1")
    assert bad(office) == set()


@pytest.mark.parametrize(
    ("why", "day", "until"),
    [("the time is over", "2026-03-21", "2026-04-10"), ("no later day", DAY, "2026-03-20")],
)
def test_a_longer_time_is_refused_when(tmp_path: Path, why: str, day: str, until: str) -> None:
    office = office_with(tmp_path)
    office.clock.go(day)
    with pytest.raises(Refused, match=r"visit\.extension"):
        notices.extend(office.book, office.clerk, "d1", office.drawn()[0], until, "需委托检验")


def test_what_is_recorded_needs_no_longer_time(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    first = office.drawn()[0]
    office.visit(first)
    with pytest.raises(Refused, match=r"visit\.extension"):
        notices.extend(office.book, office.clerk, "d1", first, "2026-04-10", "需委托检验")


# results by department


def test_every_department_of_a_joint_check_enters_its_result(tmp_path: Path) -> None:
    office = office_with(tmp_path, joint_results=True)
    names = [office.visit(subject) for subject in office.drawn()]
    office.publish(names)
    assert reviews.to_enter(office.book.facts(), "scj") == names
    assert "result.department" in kinds(office)
    assert bad(office, "2026-03-20") == set()
    assert bad(office, "2026-03-21") == {"result.complete"}
    reviews.enter_results(office.book, partner(office), names, "scj", ["01"])
    assert bad(office, "2026-03-21") == set()
    assert "result.department" not in kinds(office)


def test_on_paper_another_unit_may_enter_it_and_a_second_person_confirms(tmp_path: Path) -> None:
    office = office_with(tmp_path, joint_results=True)
    name = office.visit(office.drawn()[0])
    paper = (["吴六"], digest("部门结果"))
    written = reviews.enter_results(office.book, office.clerk, [name], "scj", ["01"], paper=paper)
    assert reviews.to_enter(office.book.facts(), "scj") == [name]
    office.confirm("approver", written)
    assert reviews.to_enter(office.book.facts(), "scj") == []


def test_nobody_enters_the_result_of_another_department(tmp_path: Path) -> None:
    office = office_with(tmp_path, joint_results=True)
    name = office.visit(office.drawn()[0])
    for department in ("scj", "hbj"):
        with pytest.raises(Refused, match=r"result\.department"):
            reviews.enter_results(office.book, office.clerk, [name], department, ["01"])


def test_without_the_policy_one_record_is_enough(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    office.publish([office.visit(subject) for subject in office.drawn()])
    assert bad(office, "2026-03-31") == set()


# review


def test_a_result_is_accepted_before_it_is_published(tmp_path: Path) -> None:
    office = office_with(tmp_path, review=True)
    name = office.visit(office.drawn()[0])
    assert {"result.review"} <= kinds(office) and "result.publish" not in kinds(office)
    with pytest.raises(Refused, match=r"result\.review"):
        office.publish([name])
    reviews.review(office.book, office.approver, reviews.to_review(office.book.facts()), accepted=True)
    assert "result.publish" in kinds(office)
    office.publish([name])


def test_who_recorded_does_not_review(tmp_path: Path) -> None:
    office = office_with(tmp_path, review=True)
    name = office.visit(office.drawn()[0])
    with pytest.raises(Refused, match=r"result\.review"):
        reviews.review(office.book, office.clerk, [name], accepted=True)


def test_what_was_sent_back_is_corrected_before_it_is_reviewed_again(tmp_path: Path) -> None:
    office = office_with(tmp_path, review=True)
    name = office.visit(office.drawn()[0])
    with pytest.raises(Refused, match=r"result\.review"):
        reviews.review(office.book, office.approver, [name], accepted=False)
    reviews.review(office.book, office.approver, [name], accepted=False, reason="结果与检查情况不符")
    assert "result.mend" in kinds(office)
    with pytest.raises(Refused, match=r"result\.review"):
        reviews.review(office.book, office.approver, [name], accepted=True)
    with pytest.raises(Refused, match=r"result\.review"):
        office.publish([name])
    seq = visits.visit_of(office.book.facts(), name).seq
    office.confirm("approver", visits.correct(office.book, office.clerk, seq, "results", ["03"], "更正"))
    assert "result.mend" not in kinds(office)
    reviews.review(office.book, office.approver, [name], accepted=True)
    office.publish([name])
    assert bad(office) == set()


# forms, witnesses, evidence


def test_an_item_without_a_form_is_remarked_at_the_freeze(tmp_path: Path) -> None:
    office = office_with(tmp_path, forms=True)
    assert bad(office) == {"form.before-draw"}
    office.task("t2", batch=2)
    assert "form.publish" in kinds(office)
    library.publish_form(office.book, office.clerk, "guandao", "检查表", "1", ["item-1"], digest("表"))
    assert "form.publish" not in kinds(office)
    assert office.freeze("d2", "t2").warnings == ()


def test_a_version_of_a_form_is_published_once(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    for version, items, fine in (("1", ["item-1"], True), ("1", ["item-1"], False), ("2", ["x"], False)):
        form = (office.book, office.clerk, "guandao", "检查表", version, items, digest("表"))
        if fine:
            library.publish_form(*form)
        else:
            with pytest.raises(Refused, match=r"form\.library"):
                library.publish_form(*form)


def test_a_witness_stands_where_a_signature_is_missing_and_stays_private(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    first, second = office.drawn()[:2]
    refused = {"subject_signature": "refused", "unsigned_reason": "拒绝签字"}
    office.visit(first, witness="居委会 演示人", **refused)
    assert not any("演示人".encode() in e.raw for e in office.book.entries())
    with pytest.raises(Refused, match=r"visit\.form"):
        office.visit(second, witness="居委会 演示人")


def test_evidence_has_a_kind(tmp_path: Path) -> None:
    office = office_with(tmp_path)
    office.visit(office.drawn()[0])
    visits.attach(office.book, office.clerk, "笔录.pdf", digest("笔录"), 9, 5, "interview")
    ((_, held),) = office.book.facts().rows(f.ATTACHMENTS)
    assert held.kind == "interview"
