"""Which id a row of the register of subjects has, and what its code columns say (R031, R032)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from ledger import codes
from ledger.codes import CodeProblem
from ledger.importing.faults import Kind
from ledger.importing.reading import Fields
from verifier.codec import Value
from verifier.ids import is_id

UNCODED = frozenset({"product", "project", "behaviour"})
"""Kinds of subject (R033) that no register gives a code; the office numbers them itself."""
_GENERATED = re.compile(r"P-[0-9A-F]{8}")


def generated(name: str, district: str) -> str:
    """The id of a subject that no register gives a code: the same for the same name and district."""
    return "P-" + sha256(f"{name}\n{district}".encode()).hexdigest()[:8].upper()


def identity(
    accept: Mapping[str, str], registered: Mapping[str, str], kind: str, own: str, fields: Fields
) -> tuple[str, str, dict[str, Value]] | None:
    """The id of a subject and what its code columns say: USCC, else 注册号, else a number of the office, else
    `own`, the one generated."""
    written = fields.code("code")
    other = fields.code("registration")
    if written is None or other is None:
        return None
    key = "code" if written[0] else "registration"
    code, raw = written if written[0] else other
    if own and (not code or _GENERATED.fullmatch(code)):
        return key, code or own, {}
    if not code:
        if fields.has("code") or fields.has("registration"):
            fields.fault(Kind.REQUIRED, "code" if fields.has("code") else "registration", "")
        return None
    if key == "registration" and registered.get(code, code) != code:
        return key, registered[code], {"code": registered[code], "registration": code}
    more: dict[str, Value] = {"code": code}
    if kind in UNCODED and len(code) not in (15, 18):
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
    if key == "code" and other[0]:
        if _checked(fields, "registration", other[0], accept) is None:
            return None
        more["registration"] = other[0]
        held = registered.get(other[0], code)
        if held != code:
            fields.warn(Kind.CODE_CHANGED, "registration", other[0], held=held, code=code)
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
