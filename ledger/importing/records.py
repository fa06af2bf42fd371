"""Rows to records, one reader a register: items, subjects, officers, conflicts, people (plans: plans.py).

A record is a canonical map (design §3): keys are left out when the cell is empty, nothing is None or a float.
What is always private (design §3: ID number, telephone, legal representative, sex, details of 利害关系) never
enters a record; it comes apart in `Sheet.private`. Faults are those of the whole file; an import needs none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from ledger import codes, collector
from ledger.importing import beside, columns, identity, registers, values
from ledger.importing.checking import Checker, Reader, Task
from ledger.importing.columns import Header
from ledger.importing.faults import Fault, Kind
from ledger.importing.kept import Records
from ledger.importing.quick import Cells
from ledger.importing.reading import Fields
from ledger.importing.registers import Register
from ledger.importing.streams import open_table
from ledger.importing.tables import Table, Unreadable
from verifier.codec import Value
from verifier.ids import is_id
from verifier.schema import register_shape
from verifier.shape import Shape

Record = dict[str, Value]
Private = dict[str, str]
_ITEM, _SUBJECT, _OFFICER = (register_shape(name) for name in ("items", "subjects", "officers"))
_ALWAYS = frozenset({"qualifications"})
"""Keys that stand in a record even when the list is empty."""
_NO_REASONS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Sheet:
    """What one file gave. `rows` counts the rows of data (without examples, notes and those left out).

    `silent`: the fields of a record for which the file has no column, so that it says nothing about them.
    """

    records: Records
    faults: list[Fault]
    warnings: list[Fault]
    source_sha256: bytes
    rows: int
    private: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


Source = Path | Table
"""A file, or a row typed by hand (`typed.row_of`), which is judged as a file is."""


def read_items(
    path: Source, *, today: date, sheet: str | None = None, leave_out: Collection[int] = ()
) -> Sheet:
    """附件4 事项清单 (R020–R028). Without 事项编号 the id is `item-<序号>`; 抽查类别 holds on downwards."""
    category: list[str] = []
    return read_rows(registers.ITEMS, path, partial(_item, category), today, sheet, leave_out, _ITEM)


def read_subjects(
    path: Source,
    *,
    today: date,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
    accept: Mapping[str, str] = _NO_REASONS,
    known_tags: Collection[str] | None = None,
    registered: Mapping[str, str] = _NO_REASONS,
) -> Sheet:
    """检查对象名录库 (R030–R036). `accept`: normalised code → why its wrong check character is real;
    `registered`: 注册号 → the id under which the ledger holds it."""
    tags = None if known_tags is None else frozenset(known_tags)
    reader = partial(_subject, accept, tags, registered)
    return read_rows(registers.SUBJECTS, path, reader, today, sheet, leave_out, _SUBJECT, _cells(tags))


def read_officers(
    path: Source,
    *,
    today: date,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
    known_departments: Collection[str] | None = None,
) -> Sheet:
    """执法检查人员名录库 (R037–R042). A certificate that expired is a warning."""
    departments = None if known_departments is None else frozenset(known_departments)
    return read_rows(
        registers.OFFICERS, path, partial(_officer, departments, today), today, sheet, leave_out, _OFFICER
    )


def read_conflicts(
    path: Source,
    *,
    today: date,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
    known_officers: Collection[str] | None = None,
    known_subjects: Collection[str] | None = None,
) -> Sheet:
    """利害关系申报. The id is `<officer>.<subject>`; relation and details are private."""
    officers = None if known_officers is None else frozenset(known_officers)
    subjects = None if known_subjects is None else frozenset(known_subjects)
    return read_rows(
        registers.CONFLICTS, path, partial(_conflict, officers, subjects), today, sheet, leave_out
    )


def read_people(
    path: Source, *, today: date, sheet: str | None = None, leave_out: Collection[int] = ()
) -> Sheet:
    """人员与角色: who holds keys, and which roles of design §4 each is to have."""
    return read_rows(registers.PEOPLE, path, _person, today, sheet, leave_out)


@collector.paused()
def read_rows(
    register: Register,
    path: Source,
    reader: Reader,
    today: date,
    sheet: str | None,
    leave_out: Collection[int],
    shape: Shape | None = None,
    cells: Cells | None = None,
) -> Sheet:
    """The sheet of a register; `shape` is what the law asks of a record, the last check of each row."""
    try:
        table = path if isinstance(path, Table) else open_table(path, sheet, prefer=register.sheet)
        return _read(register, table, reader, today, leave_out, shape, cells)
    except Unreadable as error:
        return Sheet([], [error.fault], [], b"", 0)


def _read(
    register: Register,
    table: Table,
    reader: Reader,
    today: date,
    leave_out: Collection[int],
    shape: Shape | None,
    cells: Cells | None,
) -> Sheet:
    """The rows of a table; those of a large one wait outside of memory."""
    header, faults = columns.locate(register, table)
    if len(header.places) < 2:
        allowed = "、".join(c.title for c in register.columns if c.required)
        missing = Fault(Kind.NO_HEADER, value=register.title, extra={"allowed": allowed})
        return Sheet([], [missing], [], table.source_sha256, 0)
    given = (register, header, reader, today, table.dates_from_1904, frozenset(leave_out))
    task = Task(*given, None if faults else shape, cells)
    recipe = partial(_task_of_subjects, *given[1:], not faults, cells) if cells else None
    kept, told = beside.check(task, table, recipe)
    twins = Checker(task, kept)
    for number, name, key, first in kept.settle():
        twins.twin(number, key, name, first)
    found = told.faults + twins.faults
    if kept.spill:
        found.sort(key=lambda fault: fault.row)
    if not told.count and not faults and not found and not leave_out:
        found = [Fault(Kind.NO_ROWS)]
    ignored = [Fault(Kind.IGNORED_COLUMNS, value="、".join(header.ignored))] if header.ignored else []
    absent = [Fault(Kind.NO_SUCH_ROW, value=str(number)) for number in sorted(told.absent)]
    known = {f for c in register.columns if c.key in header.index for f in fields_of(c.key)}
    silent = frozenset(f for c in register.columns for f in fields_of(c.key)) - known
    return Sheet(
        kept.records,
        [*faults, *found],
        [*ignored, *told.warnings, *absent],
        table.source_sha256,
        told.count,
        kept.private,
        silent,
    )


def _task_of_subjects(
    header: Header,
    reader: Reader,
    today: date,
    from_1904: bool,
    left_out: frozenset[int],
    strict: bool,
    cells: Cells,
) -> Task:
    """How a second process checks subjects."""
    shape = _SUBJECT if strict else None
    return Task(registers.SUBJECTS, header, reader, today, from_1904, left_out, shape, cells)


def fields_of(column: str) -> tuple[str, ...]:
    """The fields of a record that a column decides; none for the columns of its id."""
    if column in ("id", "code", "seq", "no"):
        return ()
    if column.startswith("other_"):
        return ("other_certificate",)
    more = {
        "kind": ("kind_text",),
        "partners": ("kind",),
        "until": ("since",),
        "rate": ("by_risk", "rate_text"),
        "risk": ("risk_text",),
    }
    return (column, *more.get(column, ()))


def filled(**cells: Value | None) -> Record | None:
    """A record of the cells that are not empty; None when any of them had a fault."""
    if None in cells.values():
        return None
    return {key.rstrip("_"): value for key, value in cells.items() if value or key in _ALWAYS}  # type: ignore[misc]


def _apart(**cells: str | None) -> Private | None:
    if None in cells.values():
        return None
    return {key: value for key, value in cells.items() if value}


def counted(fields: Fields, key: str) -> int | None:
    """A whole number from 0; 0 when empty. 001号 is read as 1."""
    text = fields.text(key)
    if text is None:
        return None
    digits = values.plain(text).removesuffix("号").removesuffix(".")
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
        fields.fault(Kind.NOT_A_COUNT, key, text)
        return None
    return int(digits)


def _item(category: list[str], fields: Fields) -> tuple[str, str, Record, Private] | None:
    own = fields.text("category")
    if own:
        category[:] = [own]
    seq = counted(fields, "seq")
    given = fields.identifier("id")
    record = filled(
        seq=seq if seq != 0 else fields.row.number,
        category=None if own is None else "".join(category),
        text=fields.lines("text", True),
        objects=fields.text("objects", True),
        class_=fields.word("class", values.ITEM_CLASSES, True),
        methods=fields.words("methods", values.METHODS, True),
        body=fields.text("body", True),
        basis=fields.lines("basis", True),
        lead=fields.text("lead"),
        partners=fields.parts("partners"),
        version=fields.text("version"),
        content=fields.lines("content"),
        frequency=fields.text("frequency"),
        since=fields.date("since"),
    )
    rate = fields.rate("rate", False)
    if given == "" and seq == 0:
        fields.fault(Kind.REQUIRED, "id" if fields.has("id") else "seq", "")
        return None
    if record is None or given is None or rate is None:
        return None
    if rate:
        record["rate"] = [rate.p, rate.q]
        record.update({"rate_text": rate.note} if rate.note else {})
    return ("id", given, record, {}) if given else ("seq", f"item-{seq}", record, {})


def _kind_text(fields: Fields) -> str | None:
    text = fields.text("kind")
    return "" if text and values.is_nothing(text) else text


def _cells(tags: frozenset[str] | None) -> Cells:
    """The fields of a subject that one cell decides alone and that few texts fill."""
    return {
        "district": ("district", partial(Fields.text, key="district")),
        "kind_text": ("kind", _kind_text),
        "tags": ("tags", partial(tags_in, known=tags)),
        "risk": ("risk", _risk),
        "risk_text": ("risk", _risk_in_words),
        "risk_source": ("risk_source", partial(Fields.text, key="risk_source")),
        "risk_date": ("risk_date", partial(Fields.date, key="risk_date", past=True)),
        "status": ("status", _status),
        "established": ("established", partial(Fields.date, key="established", past=True)),
    }


def _subject(
    accept: Mapping[str, str],
    known_tags: frozenset[str] | None,
    registered: Mapping[str, str],
    fields: Fields,
) -> tuple[str, str, Record, Private] | None:
    kind_text = _kind_text(fields)
    kind = values.subject_kind(kind_text) if kind_text else "other"
    name, district = fields.text("name", True), fields.text("district")
    uncoded = kind in identity.UNCODED
    own = identity.generated(name or "", district or "") if uncoded or (kind_text and kind == "other") else ""
    found = identity.identity(accept, registered, kind, own, fields)
    risk = _risk(fields)
    record = filled(
        name=name,
        address=fields.text("address", not uncoded),
        kind_text=kind_text,
        district=district,
        tags=tags_in(fields, known_tags),
        risk=risk,
        risk_text=_risk_in_words(fields) if risk else risk,
        risk_source=fields.text("risk_source"),
        risk_date=fields.date("risk_date", past=True),
        status=_status(fields),
        established=fields.date("established", past=True),
    )
    apart = _apart(
        legal_representative=fields.text("legal_representative", private=True),
        telephone=fields.text("telephone", private=True),
    )
    if record is None or apart is None or found is None:
        return None
    key, code, more = found
    record.update(more, kind=values.kind_of_code(code) if kind == "other" else kind)
    return key, code, record, apart


def _risk(fields: Fields) -> str | None:
    return fields.word("risk", values.RISKS, kind=Kind.UNKNOWN_RISK)


def _status(fields: Fields) -> str | None:
    return or_else(fields.word("status", values.SUBJECT_STATUS), "active")


def _risk_in_words(fields: Fields) -> str:
    """The class as written when it was written in words; "" for a letter."""
    return _words_of(fields.text("risk") or "")


@lru_cache(maxsize=1024)
def _words_of(text: str) -> str:
    words = values.plain(text)
    return words if not words[:1].isascii() else ""


def tags_in(fields: Fields, known: frozenset[str] | None) -> list[str] | None:
    tags = fields.parts("tags")
    if tags is None:
        return None
    for tag in tags:
        if known is not None and tag not in known:
            fields.fault(Kind.UNKNOWN_TAG, "tags", tag, allowed="、".join(sorted(known)[:20]))
            return None
    return sorted(tags)


def or_else(value: str | None, default: str) -> str | None:
    return default if value == "" else value


def _officer(
    departments: frozenset[str] | None, today: date, fields: Fields
) -> tuple[str, str, Record, Private] | None:
    name = fields.identifier("id", True)
    department = fields.identifier("department", True)
    if department and departments is not None and department not in departments:
        allowed = "、".join(sorted(departments)[:20])
        fields.fault(Kind.UNKNOWN_DEPARTMENT, "department", department, allowed=allowed)
        department = None
    certificate = fields.code("certificate", True)
    raw_certificate = None if certificate is None else " ".join(certificate[1].split())
    if certificate and codes.looks_like_id_number(certificate[0]):
        fields.fault(Kind.PERSON_IN_TEXT, "certificate", codes.mask(certificate[0]))
        raw_certificate = None
    valid_from, valid_to = fields.date("valid_from"), fields.date("valid_to", True)
    if valid_from and valid_to and valid_to < valid_from:
        fields.fault(Kind.PERIOD, "valid_to", valid_to, first=valid_from)
        valid_to = None
    kind, other = fields.word("certificate_kind", values.CERTIFICATES), _other_certificate(fields)
    if other and (kind or "kind" in other):
        kind = kind or "department"
        other["kind"] = "department" if kind == "province" else "province"
    record = filled(
        name=fields.text("name", True),
        unit=fields.text("unit"),
        department=department,
        department_name=fields.text("department_name"),
        qualifications=fields.identifiers("qualifications"),
        certificate=raw_certificate,
        certificate_kind=kind,
        valid_from=valid_from,
        valid_to=valid_to,
        other_certificate=other,
        enforcement=fields.parts("enforcement"),
        expertise=fields.parts("expertise"),
        position=fields.text("position"),
        status=or_else(fields.word("status", values.OFFICER_STATUS), "active"),
    )
    apart = _apart(
        id_number=_id_number(fields),
        telephone=fields.text("telephone", private=True),
        sex=fields.word("sex", values.SEXES),
    )
    if record is None or apart is None or not name:
        return None
    lasts = str(max(valid_to or "", (other or {}).get("valid_to", "")))  # type: ignore[type-var]
    if valid_to and lasts < today.isoformat():
        fields.warn(Kind.CERTIFICATE_EXPIRED, "valid_to", valid_to, name=str(record.get("name", "")))
    return "id", name, record, apart


def _other_certificate(fields: Fields) -> Record | None:
    """The second certificate as a map; empty when there is none, None after a fault."""
    number = fields.code("other_certificate")
    first, last = fields.date("other_valid_from"), fields.date("other_valid_to")
    if number is None or first is None or last is None:
        return None
    if not number[0]:
        return {}
    if codes.looks_like_id_number(number[0]):
        fields.fault(Kind.PERSON_IN_TEXT, "other_certificate", codes.mask(number[0]))
        return None
    if not last:
        fields.fault(
            Kind.REQUIRED, "other_valid_to" if fields.has("other_valid_to") else "other_certificate", ""
        )
        return None
    if first and last < first:
        fields.fault(Kind.PERIOD, "other_valid_to", last, first=first)
        return None
    kind = "province" if "省" in fields.title("other_certificate") else ""
    return filled(number=" ".join(number[1].split()), kind=kind, valid_from=first, valid_to=last)


def _id_number(fields: Fields) -> str | None:
    found = fields.code("id_number")
    if found is None or not found[0]:
        return None if found is None else ""
    if codes.check_id_number(found[0]) is not None:
        fields.fault(Kind.ID_NUMBER, "id_number", found[0])
        return None
    return found[0]


def _conflict(
    officers: frozenset[str] | None, subjects: frozenset[str] | None, fields: Fields
) -> tuple[str, str, Record, Private] | None:
    officer = fields.identifier("officer", True)
    if officer and officers is not None and officer not in officers:
        fields.fault(Kind.UNKNOWN_OFFICER, "officer", officer)
        officer = None
    written = fields.code("subject", True)
    subject = written[0] if written else None
    if subject and subjects is not None and subject not in subjects:
        hidden = codes.mask(subject) if codes.looks_like_id_number(subject) else subject
        fields.fault(Kind.UNKNOWN_SUBJECT, "subject", hidden)
        subject = None
    elif subject and codes.looks_like_id_number(subject):
        fields.fault(Kind.PERSON_IN_CODE, "subject", codes.mask(subject))
        subject = None
    elif subject and not is_id(subject):
        fields.fault(Kind.NOT_AN_ID, "subject", subject)
        subject = None
    relation = fields.word("relation", values.RELATIONS, True)
    record = filled(officer=officer, subject=subject)
    details = fields.lines("details", private=True)
    if record is None or relation is None or details is None or not officer or not subject:
        return None
    apart = _apart(relation=relation, details="；".join(details)) or {}
    return "subject", f"{officer}.{subject}", record, apart


def _person(fields: Fields) -> tuple[str, str, Record, Private] | None:
    name = fields.identifier("id", True)
    record = filled(
        name=fields.text("name", True),
        unit=fields.identifier("unit", True),
        unit_name=fields.text("unit_name"),
        roles=fields.words("roles", values.ROLES, True),
    )
    if record is None or not name:
        return None
    return "id", name, record, {}
