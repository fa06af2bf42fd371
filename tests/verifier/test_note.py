"""Signed notes and verifier keys: the vector of the C2SP specification, and one form only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier import demolog
from verifier import note
from verifier.errors import Malformed

# From C2SP signed-note v1.0.0.
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_LINE = (
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SPEC_NOTE = f"This is an example message.\n\n{SPEC_LINE}".encode()
OTHER_LINE = "— someone/else AAAAAAE=\n"
BAD_SPEC_LINE = SPEC_LINE.replace("aQM=", "aQQ=")


def test_the_note_of_the_specification_verifies() -> None:
    signed = note.parse(SPEC_NOTE)
    assert signed.text == "This is an example message.\n"
    assert note.verify(signed, note.Vkey.parse(SPEC_VKEY))
    assert note.render(signed) == SPEC_NOTE


def test_a_changed_text_does_not_verify() -> None:
    signed = note.parse(SPEC_NOTE.replace(b"example message", b"exemplary text"))
    assert not note.verify(signed, note.Vkey.parse(SPEC_VKEY))


def test_lines_of_unknown_keys_are_ignored() -> None:
    signed = note.parse(f"This is an example message.\n\n{OTHER_LINE}{SPEC_LINE}{OTHER_LINE}".encode())
    assert note.verify(signed, note.Vkey.parse(SPEC_VKEY))


def test_a_known_key_that_fails_refuses_the_whole_note() -> None:
    signed = note.parse(f"This is an example message.\n\n{SPEC_LINE}{BAD_SPEC_LINE}".encode())
    assert not note.verify(signed, note.Vkey.parse(SPEC_VKEY))


def test_a_note_without_a_line_of_the_key_does_not_verify() -> None:
    assert not note.verify(note.parse(SPEC_NOTE), demolog.LOG)


def test_a_cosignature_key_verifies_no_note() -> None:
    public = note.Vkey.parse(SPEC_VKEY).public
    cosigner = note.make_vkey("example.com/foo", public, note.Algorithm.COSIGNATURE)
    blob = note.parse(SPEC_NOTE).signatures[0].blob
    line = note.Signature("example.com/foo", cosigner.key_id, blob)
    assert not note.verify(note.Note("This is an example message.\n", (line,)), cosigner)


def test_the_last_empty_line_splits_a_note() -> None:
    text = "first\n\nsecond\n\n\n"
    data = note.sign_note(text, demolog.LOG, demolog.LOG_SEED.sign)
    assert note.parse(data).text == text
    assert note.verify(note.parse(data), demolog.LOG)


printable = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=30)


@given(st.lists(printable, min_size=1, max_size=5))
def test_what_is_signed_reads_back(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    signed = note.parse(note.sign_note(text, demolog.LOG, demolog.LOG_SEED.sign))
    assert signed.text == text
    assert note.verify(signed, demolog.LOG)


def test_one_hundred_lines_are_read_and_no_more() -> None:
    assert len(note.parse(f"text\n\n{OTHER_LINE * 100}".encode()).signatures) == 100
    with pytest.raises(Malformed, match="E-NOTE-COUNT"):
        note.parse(f"text\n\n{OTHER_LINE * 101}".encode())


def test_a_note_of_64_kib_is_read_and_no_longer_one() -> None:
    rest = f"\n\n{OTHER_LINE}".encode()
    note.parse(b"x" * (note.MAX_NOTE - len(rest)) + rest)
    with pytest.raises(Malformed, match="E-NOTE-SIZE"):
        note.parse(b"x" * (note.MAX_NOTE - len(rest) + 1) + rest)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "FORM", id="nothing"),
        pytest.param(b"text\n", "FORM", id="no empty line"),
        pytest.param(b"text\n\n", "FORM", id="no signature line"),
        pytest.param(SPEC_NOTE[:-1], "FORM", id="no newline at the end"),
        pytest.param(SPEC_NOTE + b"\n", "FORM", id="an empty line at the end"),
        pytest.param(SPEC_NOTE.replace(b"\n", b"\r\n"), "FORM", id="Windows line ends"),
        pytest.param(b"\xff" + SPEC_NOTE, "TEXT", id="not UTF-8"),
        pytest.param(b"\xed\xa0\x80" + SPEC_NOTE, "TEXT", id="a surrogate"),
        pytest.param(b"\t" + SPEC_NOTE, "TEXT", id="a tab in the text"),
        pytest.param(SPEC_NOTE.replace("—".encode(), b"-"), "LINE", id="a hyphen for the dash"),
        pytest.param(SPEC_NOTE.replace("— ".encode(), "—".encode()), "LINE", id="no space after the dash"),
        pytest.param(SPEC_NOTE.replace(b"foo ", b"foo  "), "LINE", id="two spaces before the signature"),
        pytest.param(SPEC_NOTE.replace(b"/foo ", b"+foo "), "LINE", id="a plus in the key name"),
        pytest.param(SPEC_NOTE.replace(b"/foo ", "\u3000 ".encode()), "LINE", id="a wide space in the name"),
        pytest.param(SPEC_NOTE.replace("— example.com/foo".encode(), "— ".encode()), "LINE", id="no name"),
        pytest.param(SPEC_NOTE.replace(b"aQM=", b"aQM"), "LINE", id="base64 without padding"),
        pytest.param(SPEC_NOTE.replace(b"aQM=", b"aQN="), "LINE", id="base64 with loose bits"),
        pytest.param(SPEC_NOTE.replace(b"Uw2Q", b"Uw-Q"), "LINE", id="base64 of the URL alphabet"),
        pytest.param(SPEC_NOTE.replace(b"aQM=", b"aQM= "), "LINE", id="a space after the signature"),
        pytest.param("text\n\n— name AAAAAA==\n".encode(), "LINE", id="a key id and no signature"),
    ],
)
def test_a_note_in_another_form_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Malformed, match=f"E-NOTE-{code}"):
        note.parse(data)


@pytest.mark.parametrize("line", [SPEC_VKEY, demolog.LOG_VKEY, demolog.WITNESS_VKEY])
def test_known_vkeys_read_back(line: str) -> None:
    assert str(note.Vkey.parse(line)) == line


def test_known_vkeys_are_made_from_their_keys() -> None:
    assert str(demolog.LOG) == demolog.LOG_VKEY
    assert str(demolog.WITNESS) == demolog.WITNESS_VKEY


@given(st.binary(min_size=32, max_size=32), st.sampled_from(note.Algorithm))
def test_any_vkey_reads_back_even_with_plus_signs_in_its_base64(
    public: bytes, algorithm: note.Algorithm
) -> None:
    vkey = note.make_vkey("example.com/log", public, algorithm)
    assert note.Vkey.parse(str(vkey)) == vkey


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="nothing"),
        pytest.param("example.com/foo+530d903a", id="no key"),
        pytest.param(SPEC_VKEY.replace("530d903a", "530d903b"), id="another key id"),
        pytest.param(SPEC_VKEY.replace("530d903a", "530D903A"), id="an upper-case key id"),
        pytest.param(SPEC_VKEY.replace("/foo", "/bar"), id="another name"),
        pytest.param(SPEC_VKEY.replace("/foo", " foo"), id="a space in the name"),
        pytest.param(SPEC_VKEY.replace("Aeky", "Auky"), id="an algorithm that is not ours"),
        pytest.param(SPEC_VKEY[:-4], id="a short key"),
        pytest.param(SPEC_VKEY + "AAAA", id="a long key"),
        pytest.param(SPEC_VKEY + "\n", id="a newline"),
        pytest.param("+" + SPEC_VKEY, id="no name"),
    ],
)
def test_a_vkey_in_another_form_is_refused(line: str) -> None:
    with pytest.raises(Malformed, match="E-NOTE-VKEY"):
        note.Vkey.parse(line)


def test_the_vkey_file_is_one_line() -> None:
    data = note.vkey_file(demolog.LOG)
    assert data == demolog.LOG_VKEY.encode() + b"\n"
    assert note.parse_vkey_file(data) == demolog.LOG
    for other in (
        data[:-1],
        data + b"\n",
        data * 2,
        data.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + data,
        b"\xff\n",
    ):
        with pytest.raises(Malformed, match="E-NOTE-VKEY"):
            note.parse_vkey_file(other)


def test_a_key_name_that_no_note_can_carry_is_refused() -> None:
    for name in ("", "a b", "a+b", "a\nb", "a\x00b", "a\u2028b", "\ud800"):
        with pytest.raises(Malformed, match="E-NOTE-NAME"):
            note.make_vkey(name, demolog.LOG.public, note.Algorithm.LOG)


def test_only_a_log_key_signs_a_note_and_only_a_sound_text() -> None:
    with pytest.raises(Malformed, match="E-NOTE-VKEY"):
        note.sign_note("text\n", demolog.WITNESS, demolog.WITNESS_SEED.sign)
    for text in ("", "no newline", "tab\t\n"):
        with pytest.raises(Malformed, match="E-NOTE-TEXT"):
            note.sign_note(text, demolog.LOG, demolog.LOG_SEED.sign)
