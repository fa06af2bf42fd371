"""A private field that was erased by law prints 「已依法删除」 on every form that shows it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest

from ledger.commands import followups, lists
from ledger.forms.catalogue import FORMS, form_bytes
from ledger.forms.form import Ask, Form, Wanted
from ledger.forms.source import ERASED, Source
from tests.office import Office, digest, officer, subject
from verifier.codec import Value
from verifier.figures import Period

SECRETS = {
    "legal_representative": "法定代表人甲",
    "telephone": "0952-0000001",
    "sex": "私密性别",
    "findings": "阀门缺标识之情形",
    "opinion": "责令改正之意见",
    "to": "演示县应急局",
    "receipt": "两法衔接0007",
    "reason": "复查合格之理由",
}
"""Every private text that a form may show, by field."""
SHOWN: dict[str, set[str]] = {
    "visit": {"legal_representative", "telephone", "findings", "opinion"},
    "officers": {"sex"},
    "order": {"legal_representative", "findings", "opinion"},
    "notified": {"findings", "to"},
    "transferred": {"legal_representative", "findings", "to", "receipt"},
    "problems": {"findings", "to", "receipt", "reason"},
}
"""Which form shows which of them; the others show none."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office in which everything private has a text: subjects, officers, a visit, three follow-ups."""
    made = Office(tmp_path_factory.mktemp("erased"))
    made.lists()
    import_private(made, "subjects", [subject(n) for n in range(40)], ("legal_representative", "telephone"))
    import_private(made, "officers", [officer(n) for n in range(8)], ("sex",))
    made.policy()
    made.plan()
    made.task()
    made.draw()
    made.clock.go("2026-03-10")
    box = {"item": "item-1", "checked": True, "ordered": True, "corrected": False, "result": "无台账"}
    visit = made.visit(
        made.drawn()[0],
        results=["09"],
        items=[box],
        findings=SECRETS["findings"],
        opinion=SECRETS["opinion"],
    )
    to, receipt = SECRETS["to"], SECRETS["receipt"]
    ordered, _ = followups.record(made.book, made.clerk, visit, "ordered", due="2026-04-10")
    followups.record(made.book, made.clerk, visit, "notified", to=to)
    followups.record(made.book, made.clerk, visit, "criminal", to=to, receipt=receipt)
    followups.close(made.book, made.clerk, ordered, "2026-03-10", reason=SECRETS["reason"])
    return made


def import_private(
    office: Office, register: str, rows: list[tuple[str, dict[str, Value]]], fields: tuple[str, ...]
) -> None:
    lists.import_records(
        office.book,
        office.clerk,
        register,
        rows,
        private={name: {field: SECRETS[field] for field in fields} for name, _row in rows},
        reason="补录",
        source=digest(register + "private"),
    )


def wanted(form: Form) -> Wanted:
    """The least that a form needs, private columns included."""
    given: dict[Ask, dict[str, object]] = {
        Ask.PLAN: {"plan": "p2026"},
        Ask.DRAW: {"draw": "d1"},
        Ask.YEAR: {"year": 2026},
        Ask.PERIOD: {"period": Period("2026-01-01", "2026-12-31")},
        Ask.PRIVATE: {"private": True},
    }
    values: dict[str, object] = {}
    for ask in form.asks:
        values |= given.get(ask, {})
    return Wanted(**values)  # type: ignore[arg-type]


def printed(office: Office, form: str, gone: str = "") -> str:
    """Every word of a form; openings of the text `gone` (all of them: "*") are erased."""
    source = Source.of(office.book, "2026-03-12")

    def kept(commitment: bytes) -> object:
        found = office.book.open_private(commitment)
        return None if gone == "*" or (found and found[1] == gone) else found

    return text(form_bytes(FORMS[form], replace(source, open_private=kept), wanted(FORMS[form])))  # type: ignore


def text(content: bytes) -> str:
    """Every word of a .docx or .xlsx, tags taken out."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [name for name in package.namelist() if name.endswith(".xml") and "/theme/" not in name]
        return "\n".join(re.sub(r"<[^>]+>", "", package.read(name).decode()) for name in parts)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_the_private_fields_that_it_is_known_to_show(office: Office, form: str) -> None:
    found = printed(office, form)
    assert ERASED not in found
    assert {field for field, secret in SECRETS.items() if secret in found} == SHOWN.get(form, set())


@pytest.mark.parametrize(
    ("form", "field"), [(form, field) for form in SHOWN for field in sorted(SHOWN[form])]
)
def test_an_erased_field_says_so_wherever_it_is_shown(office: Office, form: str, field: str) -> None:
    found = printed(office, form, SECRETS[field])
    assert ERASED in found
    assert SECRETS[field] not in found


@pytest.mark.parametrize("form", FORMS)
def test_with_everything_erased_each_form_is_still_printed(office: Office, form: str) -> None:
    found = printed(office, form, "*")
    assert not [secret for secret in SECRETS.values() if secret in found]


def test_the_kind_of_a_follow_up_that_was_erased_says_so(office: Office) -> None:
    assert "责令改正" in printed(office, "problems").replace(SECRETS["opinion"], "")
    found = printed(office, "problems", "ordered")
    assert ERASED in found
    assert "责令改正" not in found.replace("责令改正之意见", "")
