"""Rows to records, one reader a register: items, subjects, officers, plan, conflicts, people.

A record is a canonical map (design §3): keys are left out when the cell is empty, nothing is None or a float.
What is always private (design §3: ID number, telephone, legal representative, sex, details of 利害关系) never
enters a record; it comes apart in `Sheet.private`. Faults are those of the whole file; an import needs none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

from ledger import codes, collector
from ledger.codes import CodeProblem
from ledger.importing import columns, registers, values
from ledger.importing.faults import Fault, Kind
from ledger.importing.reading import Fields
from ledger.importing.registers import EXAMPLE, Register
from ledger.importing.tables import Row, Table, Unreadable, read_table
from verifier.codec import Value
from verifier.ids import is_id
from verifier.schema import register_shape
from verifier.shape import Shape

Record = dict[str, Value]
Private = dict[str, str]
_ITEM, _SUBJECT, _OFFICER = (register_shape(name) for name in ("items", "subjects", "officers"))
_PLAN = register_shape("plan.any")
_NOTE = re.compile(r"(?:备注|注|说明|填表|填报|制表|合计|总计|单位|联系人)[\s:：（(]?")
_UNCODED = frozenset({"product", "project", "behaviour"})
"""Kinds of subject (R033) that no register gives a code; the office numbers them itself."""
_ALWAYS = frozenset({"qualifications"})
"""Keys that stand in a record even when the list is empty."""
_ALIKE = 0.75
_NO_REASONS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Sheet:
    """What one file gave. `rows` counts the rows of data (without examples, notes and those left out).

    `silent`: the fields of a record for which the file has no column, so that it says nothing about them.
    """

    records: list[tuple[str, Record]]
    faults: list[Fault]
    warnings: list[Fault]
    source_sha256: bytes
    rows: int
    private: dict[str, Private] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


Source = Path | Table
"""A file, or a row typed by hand (`typed.row_of`), which is judged as a file is."""
Reader = Callable[[Fields], "tuple[str, str, Record, Private] | None"]
"""Reads the current row: (key of the column that identifies it, id, record, private); None after a fault."""


def read_items(
    path: Source, *, today: date, sheet: str | None = None, leave_out: Collection[int] = ()
) -> Sheet:
    """附件4 事项清单 (R020–R028). Without 事项编号 the id is `item-<序号>`; 抽查类别 holds on downwards."""
    category: list[str] = []
    return _read(registers.ITEMS, path, partial(_item, category), today, sheet, leave_out, _ITEM)


def read_subjects(
    path: Source,
    *,
    today: date,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
    accept: Mapping[str, str] = _NO_REASONS,
    known_tags: Collection[str] | None = None,
) -> Sheet:
    """检查对象名录库 (R030–R036). `accept`: normalised code → why its wrong check character is real."""
    tags = None if known_tags is None else frozenset(known_tags)
    return _read(registers.SUBJECTS, path, partial(_subject, accept, tags), today, sheet, leave_out, _SUBJECT)


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
    return _read(
        registers.OFFICERS, path, partial(_officer, departments, today), today, sheet, leave_out, _OFFICER
    )


def read_plan(
    path: Source,
    *,
    today: date,
    items: Mapping[str, Mapping[str, Value]] | None = None,
    sheet: str | None = None,
    leave_out: Collection[int] = (),
) -> Sheet:
    """附件3 年度计划 (R065–R067). `items`: item id → record; a row names items by number or by their text."""
    shape = None if items is None else _PLAN
    return _read(registers.PLAN, path, partial(_plan_row, items), today, sheet, leave_out, shape)


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
    return _read(registers.CONFLICTS, path, partial(_conflict, officers, subjects), today, sheet, leave_out)


def read_people(
    path: Source, *, today: date, sheet: str | None = None, leave_out: Collection[int] = ()
) -> Sheet:
    """人员与角色: who holds keys, and which roles of design §4 each is to have."""
    return _read(registers.PEOPLE, path, _person, today, sheet, leave_out)


@collector.paused()
def _read(
    register: Register,
    path: Source,
    reader: Reader,
    today: date,
    sheet: str | None,
    leave_out: Collection[int],
    shape: Shape | None = None,
) -> Sheet:
    """The sheet of a register; `shape` is what the law asks of a record, the last check of each row."""
    try:
        table = path if isinstance(path, Table) else read_table(path, sheet, prefer=register.sheet)
    except Unreadable as error:
        return Sheet([], [error.fault], [], b"", 0)
    header, faults = columns.locate(register, table)
    if len(header.places) < 2:
        allowed = "、".join(c.title for c in register.columns if c.required)
        missing = Fault(Kind.NO_HEADER, value=register.title, extra={"allowed": allowed})
        return Sheet([], [missing], [], table.source_sha256, 0)
    fields = Fields(register, header, today, table.dates_from_1904)
    fields.faults.extend(faults)
    if header.ignored:
        fields.warnings.append(Fault(Kind.IGNORED_COLUMNS, value="、".join(header.ignored)))
    absent = set(leave_out)
    seen: dict[str, int] = {}
    records: list[tuple[str, Record]] = []
    private: dict[str, Private] = {}
    count = 0
    for row in table.rows[header.first_row :]:
        if row.texts[0].startswith(EXAMPLE):
            continue
        fields.row = row
        if row.number in absent:
            absent.discard(row.number)
            continue
        if _is_note(row, fields):
            continue
        count += 1
        found = reader(fields)
        if found is None:
            continue
        key, name, record, apart = found
        first = seen.setdefault(name.lower(), row.number)
        if first != row.number:
            fields.fault(Kind.DUPLICATE, key, name, first=str(first))
            continue
        wrong = shape(record) if shape else ""
        if wrong and not faults:
            fields.fault(Kind.NOT_RECORDABLE, key, wrong)
            continue
        records.append((name, record))
        if apart:
            private[name] = apart
    for number in sorted(absent):
        fields.warnings.append(Fault(Kind.NO_SUCH_ROW, value=str(number)))
    if not count and not fields.faults and not leave_out:
        fields.faults.append(Fault(Kind.NO_ROWS))
    silent = frozenset(f for c in register.columns if not fields.has(c.key) for f in fields_of(c.key))
    return Sheet(records, fields.faults, fields.warnings, table.source_sha256, count, private, silent)


def fields_of(column: str) -> tuple[str, ...]:
    """The fields of a record that a column decides; none for the columns of its id."""
    if column in ("id", "code", "registration", "seq", "no"):
        return ()
    return ("kind", "kind_text") if column == "kind" else (column,)


def _is_note(row: Row, fields: Fields) -> bool:
    filled = [text for text in row.texts if text]
    if len(filled) != 1 or not _NOTE.match(filled[0].strip()):
        return False
    fields.warn(Kind.IGNORED_NOTE, "", filled[0])
    return True


def _filled(**cells: Value | None) -> Record | None:
    """A record of the cells that are not empty; None when any of them had a fault."""
    record: Record = {}
    for key, value in cells.items():
        if value is None:
            return None
        if value or key in _ALWAYS:
            record[key.rstrip("_")] = value
    return record


def _apart(**cells: str | None) -> Private | None:
    if None in cells.values():
        return None
    return {key: value for key, value in cells.items() if value}


def _count(fields: Fields, key: str) -> int | None:
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
    seq = _count(fields, "seq")
    given = fields.identifier("id")
    record = _filled(
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
    )
    if given == "" and seq == 0:
        fields.fault(Kind.REQUIRED, "id" if fields.has("id") else "seq", "")
        return None
    if record is None or given is None:
        return None
    return ("id", given, record, {}) if given else ("seq", f"item-{seq}", record, {})


def _subject(
    accept: Mapping[str, str], known_tags: frozenset[str] | None, fields: Fields
) -> tuple[str, str, Record, Private] | None:
    kind_text = fields.text("kind")
    if kind_text and values.is_nothing(kind_text):
        kind_text = ""
    kind = values.subject_kind(kind_text) if kind_text else "other"
    identity = _identity(accept, kind, fields)
    risk = fields.word("risk", values.RISKS, kind=Kind.UNKNOWN_RISK)
    record = _filled(
        name=fields.text("name", True),
        address=fields.text("address", kind not in _UNCODED),
        kind_text=kind_text,
        district=fields.text("district"),
        tags=_tags(fields, known_tags),
        risk=risk,
        risk_source=fields.text("risk_source"),
        risk_date=fields.date("risk_date", past=True),
        status=_or(fields.word("status", values.SUBJECT_STATUS), "active"),
        established=fields.date("established", past=True),
    )
    apart = _apart(
        legal_representative=fields.text("legal_representative", private=True),
        telephone=fields.text("telephone", private=True),
    )
    if record is None or apart is None or identity is None:
        return None
    key, code, more = identity
    record.update(more, kind=values.kind_of_code(code) if kind == "other" else kind)
    return key, code, record, apart


def _identity(accept: Mapping[str, str], kind: str, fields: Fields) -> tuple[str, str, Record] | None:
    """The id of a subject and what its code columns say: USCC, else 注册号, else a number of the office."""
    written = fields.code("code")
    other = fields.code("registration")
    if written is None or other is None:
        return None
    key = "code" if written[0] else "registration"
    code, raw = written if written[0] else other
    if not code:
        if fields.has("code") or fields.has("registration"):
            fields.fault(Kind.REQUIRED, "code" if fields.has("code") else "registration", "")
        return None
    more: Record = {"code": code}
    if kind in _UNCODED and len(code) not in (15, 18):
        if not is_id(code):
            fields.fault(Kind.NOT_AN_ID, key, raw)
            return None
    else:
        reason = _checked(fields, key, code, accept)
        if reason is None:
            return None
        if reason:
            more["override"] = reason
    if code != raw:
        more["code_raw"] = " ".join(raw.split())
        fields.warn(Kind.CODE_REWRITTEN, key, raw, code=code)
    if key == "code" and other[0] and _checked(fields, "registration", other[0], accept) is None:
        return None
    return key, code, more


def _checked(fields: Fields, key: str, code: str, accept: Mapping[str, str]) -> str | None:
    """Judge a code: "" when right, the reason when a wrong check was accepted, None after a fault."""
    problem = codes.check_registration15(code) if len(code) == 15 else codes.check_uscc(code)
    reason = accept.get(code, "").strip()
    if codes.looks_like_id_number(code) and not (reason and (problem is None or len(code) == 15)):
        fields.fault(Kind.PERSON_IN_CODE, key, codes.mask(code))
        return None
    if problem is None:
        return reason if codes.looks_like_id_number(code) else ""
    if problem is CodeProblem.CHECK and reason:
        fields.warn(Kind.CODE_ACCEPTED, key, code, reason=reason)
        return reason
    if problem is CodeProblem.LENGTH:
        fields.fault(Kind.CODE_LENGTH, key, code, length=str(len(code)))
    elif problem is CodeProblem.DIVISION:
        division = code[:2] if len(code) == 15 else code[2:4]
        fields.fault(Kind.CODE_DIVISION, key, code, division=division)
    elif problem is CodeProblem.CHARACTER:
        position = _first_odd(code)
        fields.fault(Kind.CODE_CHARACTER, key, code, character=code[position], position=str(position + 1))
    elif len(code) == 15:
        fields.fault(Kind.REGISTRATION_CHECK, key, code, computed=codes.registration_check_digit(code[:14]))
    else:
        kind = Kind.CODE_CHECK_TWICE if codes.check_organisation(code[8:17]) else Kind.CODE_CHECK
        fields.fault(kind, key, code, computed=codes.uscc_check_character(code[:17]))
    return None


def _first_odd(code: str) -> int:
    digits = "0123456789"
    allowed = (digits if len(code) == 15 or 2 <= i < 8 else codes.USCC_ALPHABET for i in range(len(code)))
    return next(i for i, (sign, signs) in enumerate(zip(code, allowed, strict=True)) if sign not in signs)


def _tags(fields: Fields, known: frozenset[str] | None) -> list[str] | None:
    tags = fields.parts("tags")
    if tags is None:
        return None
    for tag in tags:
        if known is not None and tag not in known:
            fields.fault(Kind.UNKNOWN_TAG, "tags", tag, allowed="、".join(sorted(known)[:20]))
            return None
    return sorted(tags)


def _or(value: str | None, default: str) -> str | None:
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
    record = _filled(
        name=fields.text("name", True),
        unit=fields.text("unit"),
        department=department,
        department_name=fields.text("department_name"),
        qualifications=fields.identifiers("qualifications"),
        certificate=raw_certificate,
        valid_from=valid_from,
        valid_to=valid_to,
        position=fields.text("position"),
        status=_or(fields.word("status", values.OFFICER_STATUS), "active"),
    )
    apart = _apart(
        id_number=_id_number(fields),
        telephone=fields.text("telephone", private=True),
        sex=fields.word("sex", values.SEXES),
    )
    if record is None or apart is None or not name:
        return None
    if valid_to and valid_to < today.isoformat():
        fields.warn(Kind.CERTIFICATE_EXPIRED, "valid_to", valid_to, name=str(record["name"]))
    return "id", name, record, apart


def _id_number(fields: Fields) -> str | None:
    found = fields.code("id_number")
    if found is None or not found[0]:
        return None if found is None else ""
    if codes.check_id_number(found[0]) is not None:
        fields.fault(Kind.ID_NUMBER, "id_number", found[0])
        return None
    return found[0]


def _plan_row(
    items: Mapping[str, Mapping[str, Value]] | None, fields: Fields
) -> tuple[str, str, Record, Private] | None:
    no = _count(fields, "no")
    lines = fields.lines("text", True)
    named = fields.identifiers("items")
    rate, period = fields.rate("rate"), fields.period("until")
    organiser = fields.text("organiser", True)
    record = _filled(
        no=no,
        plan_name=fields.text("plan_name", True),
        task_name=fields.text("task_name", True),
        text=lines,
        items=None if named is None or lines is None else _plan_items(fields, items, named, lines),
        rate_text=rate.note if rate else None,
        objects=fields.text("objects", True),
        tags=_tags(fields, None),
        draw=fields.word("draw", values.DRAW_TYPES, True),
        organiser=organiser,
        executor=_or(fields.text("executor"), organiser or ""),
        partners=fields.parts("partners"),
        until=period.until if period else None,
        reason=fields.text("reason"),
    )
    if record is None or rate is None:
        return None
    record.update(p=rate.p, q=rate.q)
    record["no"] = no or fields.row.number
    return "no", str(record["no"]), record, {}


def _plan_items(
    fields: Fields, items: Mapping[str, Mapping[str, Value]] | None, named: list[str], lines: list[str]
) -> list[str] | None:
    """The items a row means: those numbered, else that of the same or (with a warning) the nearest text."""
    if items is None:
        return named
    unknown = [name for name in named if name not in items]
    if unknown:
        fields.fault(Kind.UNKNOWN_ITEM, "items", unknown[0])
        return None
    text = "".join(lines)
    own = _essence(text)
    listed = {name: _text_of(items[name]) for name in sorted(named or items)}
    if any(_essence(words) == own for words in listed.values()):
        return named or [next(name for name, words in listed.items() if _essence(words) == own)]
    ranked = sorted(((_alike(own, _essence(words)), name) for name, words in listed.items()), reverse=True)
    if not named and (not ranked or ranked[0][0] < _ALIKE):
        fields.fault(Kind.UNKNOWN_ITEM, "text", text)
        return None
    nearest = ranked[0][1]
    if len(named) <= 1:
        fields.warn(Kind.ITEM_TEXT_DIFFERS, "text", text, item=nearest, listed=listed[nearest])
    return named or [nearest]


def _text_of(item: Mapping[str, Value]) -> str:
    lines = item.get("text", "")
    return lines if isinstance(lines, str) else "".join(str(line) for line in lines)  # type: ignore[union-attr]


def _essence(text: str) -> str:
    """Words without punctuation and without the 对 that only joins them to a sentence."""
    return "".join(sign for sign in values.plain(text) if sign.isalnum()).removeprefix("对")


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


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
    record = _filled(officer=officer, subject=subject)
    details = fields.lines("details", private=True)
    if record is None or relation is None or details is None or not officer or not subject:
        return None
    apart = _apart(relation=relation, details="；".join(details)) or {}
    return "subject", f"{officer}.{subject}", record, apart


def _person(fields: Fields) -> tuple[str, str, Record, Private] | None:
    name = fields.identifier("id", True)
    record = _filled(
        name=fields.text("name", True),
        unit=fields.identifier("unit", True),
        unit_name=fields.text("unit_name"),
        roles=fields.words("roles", values.ROLES, True),
    )
    if record is None or not name:
        return None
    return "id", name, record, {}
