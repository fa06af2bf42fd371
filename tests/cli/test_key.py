"""`liuhen key`: a new holder, a second person, a revocation, passphrases."""

from __future__ import annotations

import pytest

from ledger.commands import enrolment
from ledger.keystore import unlock
from tests.cli.counter import ORIGIN, Counter, counter, office
from tests.office import PASSPHRASE
from verifier import codec
from verifier.errors import Exit, LiuhenError

__all__ = ["counter", "office"]


def a_year_begins(office: Counter) -> None:
    """Something other than enrolments, so that the founding is over."""
    office.does("key", "new", "temp", "--name", "临", "--unit", "fgj", "--role", "clerk")
    office.does("key", "enroll", office.folder / "keys" / "temp.enrol", by="zhao-admin")
    office.does("key", "revoke", "temp", "--reason", "试用", "--yes", by="zhao-admin")


def new(office: Counter, holder: str, role: str) -> object:
    office.does("key", "new", holder, "--name", "吴六", "--unit", "fgj", "--role", role)
    return office.folder / "keys" / f"{holder}.enrol"


def state(office: Counter, holder: str) -> dict[str, object]:
    found = [key for key in office.json("key", "list")["keys"] if key["holder"] == holder]
    return found[-1] if found else {}


def test_a_clerk_is_enrolled_by_the_admin_alone(office: Counter) -> None:
    a_year_begins(office)
    answer = office.json("key", "enroll", new(office, "wu-clerk", "clerk"), by="zhao-admin")
    assert answer["waits"] is False
    assert state(office, "wu-clerk")["in_force"] is True


def test_a_supervisor_waits_for_a_second_person(office: Counter) -> None:
    a_year_begins(office)
    answer = office.json("key", "enroll", new(office, "wu-super", "supervisor"), by="zhao-admin")
    assert answer["waits"] is True
    assert state(office, "wu-super") == {}
    step = answer["next"].split('" ')[-1].split()
    office.does(*step, by="sun-approver")
    assert state(office, "wu-super")["in_force"] is True
    assert office.run("verify") == Exit.PASS


def test_a_revoked_key_acts_no_more(office: Counter) -> None:
    a_year_begins(office)
    assert state(office, "temp")["in_force"] is False
    assert office.run("key", "revoke", "qian-clerk", "--reason", "试", "--yes", by="temp") == Exit.REFUSED
    assert "entry.actor" in office.err


def test_everybody_revokes_their_own_key_alone(office: Counter) -> None:
    office.does("key", "revoke", "sun-approver", "--reason", "遗失", "--yes", by="sun-approver")
    assert state(office, "sun-approver")["in_force"] is False


def test_a_key_is_made_where_the_ledger_is_not(counter: Counter) -> None:
    words = ("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk")
    assert counter.run(*words) == Exit.USAGE
    assert "--origin" in counter.err
    counter.does(*words, "--origin", ORIGIN)
    assert (counter.folder / "keys" / "wu.enrol").exists()
    assert ORIGIN in counter.does("key", "list")


def test_an_enrolment_file_for_another_ledger_is_refused(office: Counter) -> None:
    words = ("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk")
    office.does(*words, "--origin", "other.example.gov.cn/x")
    assert office.run("key", "enroll", office.folder / "keys" / "wu.enrol", by="zhao-admin") == Exit.KEY
    assert "E-ENROL-ORIGIN" in office.err


@pytest.mark.parametrize("change", ["holder", "roles", "key", "unit"])
def test_an_enrolment_whose_proof_is_of_something_else_is_refused(office: Counter, change: str) -> None:
    new(office, "wu", "clerk")
    path = office.folder / "keys" / "wu.enrol"
    value = codec.decode(path.read_bytes()[len(enrolment.MAGIC) :])
    other = {"holder": "li", "roles": ["admin"], "key": bytes(32), "unit": "scj"}
    value["enrolment"][change] = other[change]  # type: ignore[call-overload,index]
    path.write_bytes(enrolment.MAGIC + codec.encode(value))
    assert office.run("key", "enroll", path, by="zhao-admin") == Exit.UNREADABLE
    assert "E-ENROL-PROOF" in office.err


@pytest.mark.parametrize("damage", [b"", b"liuhen/enrolment-file/1\n", b"PK\x03\x04", b"\xff" * 40])
def test_another_file_is_no_enrolment(damage: bytes) -> None:
    with pytest.raises(LiuhenError) as caught:
        enrolment.read_file(damage, ORIGIN)
    assert caught.value.exit is Exit.UNREADABLE


def test_a_passphrase_is_changed_and_the_old_one_opens_no_more(office: Counter) -> None:
    path = office.folder / "keys" / "qian-clerk.key"
    assert (
        office.types("key", "passphrase", "qian-clerk", answers=[PASSPHRASE, "新的口令一句", "新的口令一句"])
        == Exit.PASS
    )
    assert unlock(path, "新的口令一句").info.holder == "qian-clerk"
    with pytest.raises(LiuhenError):
        unlock(path, PASSPHRASE)
    assert (
        office.types("key", "passphrase", "log", answers=[PASSPHRASE, "新的口令一句", "新的口令一句"])
        == Exit.PASS
    )


def test_a_wrong_passphrase_is_asked_three_times(office: Counter) -> None:
    words = ("key", "passphrase", "qian-clerk")
    assert office.types(*words, answers=["x", "y", PASSPHRASE, "新的口令一句", "新的口令一句"]) == Exit.PASS
    assert office.types(*words, answers=["x", "y", "z"]) == Exit.KEY


def test_who_acts_is_asked_when_several_could(office: Counter) -> None:
    words = ("key", "revoke", "qian-clerk", "--reason", "调离", "--yes")
    office.does("key", "enroll", new(office, "b-admin", "admin"), by="zhao-admin")
    new(office, "not-enrolled", "admin")
    assert office.run(*words) == Exit.USAGE
    assert "b-admin, zhao-admin." in office.err
    assert office.types(*words, answers=["2", PASSPHRASE]) == Exit.PASS, office.err


def test_a_new_passphrase_that_is_too_short_is_asked_again(office: Counter) -> None:
    words = ("key", "passphrase", "qian-clerk")
    assert (
        office.types(*words, answers=[PASSPHRASE, "abc", "abc", "新的口令一句", "新的口令一句"]) == Exit.PASS
    )
