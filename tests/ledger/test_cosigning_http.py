"""Cosigners over HTTP: the bounds of the server, and a ledger whose cosigners are down, slow or lying."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ledger.commands import bundles, heads
from ledger.cosigning import client, server
from ledger.cosigning import cosigner as state
from ledger.cosigning.cosigner import Cosigner
from ledger.cosigning.heads import everybody, named
from ledger.cosigning.server import Server
from ledger.keystore import unlock
from tests.office import ORIGIN, Office
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.checkpoint import parse_checkpoint
from verifier.errors import LiuhenError
from verifier.note import Vkey
from verifier.replay import verify_bundle
from verifier.report import Anchors, Basis, Status
from verifier.witness import MAX_REQUEST

NAME, PASS = "audit.example.gov.cn/jijian", "口令"


class Counter:
    """An office that names a cosigner, and the cosigner at its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "联署"
        self.office = Office(folder)
        ledger = self.office.book.facts().get(f.LEDGER, f.ONE)
        assert ledger is not None
        self.vkey = state.create(self.folder, NAME, [Vkey.parse(ledger.log_vkey)], PASS, scrypt_n=2)
        written = heads.name_cosigner(self.office.book, self.office.admin, str(self.vkey), "jijian")
        self.office.confirm("observer", written)
        self.told: list[str] = []

    def witness(self) -> Cosigner:
        return Cosigner(self.folder, unlock(self.folder / state.KEY, PASS), lambda: 1_770_000_000)

    @contextmanager
    def serving(self) -> Iterator[str]:
        made = Server(("127.0.0.1", 0), self.witness(), self.told.append)
        with made, running(made) as address:
            yield address

    def signed(self) -> bytes:
        """The head as it is now, kept as it was signed."""
        made = bundles.sign_head(self.office.book, self.office.log)
        heads.heads_of(self.office.book).keep(made)
        return made

    def ask(self, url: str) -> list[int]:
        """Sizes of the heads that the cosigner signed."""
        taken = heads.ask(self.office.book, self.signed(), self.vkey, url)
        return [head.size for head, _line in taken]

    @property
    def size(self) -> int:
        return self.office.book.store.head().size


@contextmanager
def running(made: HTTPServer) -> Iterator[str]:
    thread = Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_address[1]}"
    finally:
        made.shutdown()
        thread.join()


@contextmanager
def answering(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """A cosigner that answers as it likes."""

    class Liar(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Liar) as made, running(made) as address:
        yield address


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def code_of(told: pytest.ExceptionInfo[LiuhenError]) -> str:
    return told.value.code


# the ledger asks


def test_a_ledger_is_cosigned_as_it_grows(counter: Counter) -> None:
    with counter.serving() as url:
        assert counter.ask(url) == [counter.size]
        counter.office.lists()
        assert counter.ask(url) == [counter.size]
        standing = heads.standing(counter.office.book, counter.office.book.facts())
    assert standing is not None
    assert (standing.final, standing.size, standing.cosigned) == (True, counter.size, (NAME,))


def test_the_bundle_bears_the_cosignature_and_the_reader_may_ask_for_it(
    counter: Counter, tmp_path: Path
) -> None:
    with counter.serving() as url:
        counter.ask(url)
    office = counter.office
    written = bundles.export(office.book, office.log, tmp_path / "包.zip")
    with open_bundle(written.target) as bundle:
        report = verify_bundle(bundle, Anchors(cosigners=(str(counter.vkey),)), workers=1)
    assert (report.anchor.kind, report.anchor.matches, report.tail) == (Basis.COSIGNED, True, 0)
    assert [c.status for c in report.checks if c.rule == "log.cosignatures"] == [Status.PASS]


def test_a_cosigner_that_saw_another_size_is_asked_again_from_there(counter: Counter) -> None:
    with counter.serving() as url:
        counter.ask(url)
        for kept in heads.heads_of(counter.office.book).folder.glob("*.checkpoint"):
            kept.unlink()
        counter.office.lists()
        assert counter.ask(url) == [counter.size]
    assert any(" 409 " in line for line in counter.told)


def down(counter: Counter) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_cosigner_that_is_down_changes_nothing(counter: Counter) -> None:
    with pytest.raises(LiuhenError) as told:
        counter.ask(down(counter))
    assert code_of(told) == "E-COSIGN-DOWN"
    counter.office.lists()


def test_a_cosigner_that_is_slow_is_not_waited_for(counter: Counter) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(LiuhenError) as told:
            client.post(f"http://127.0.0.1:{silent.getsockname()[1]}", b"old 0\n", seconds=0.2)
    assert code_of(told) == "E-COSIGN-DOWN"


def test_an_endless_answer_is_cut(counter: Counter) -> None:
    with answering(lambda _body: (200, b"x" * 1_000_000)) as url:
        reply = client.post(url, b"old 0\n")
        assert len(reply.body) < 80_000
        with pytest.raises(LiuhenError) as told:
            counter.ask(url)
    assert code_of(told) == "E-WITNESS-ANSWER"


def another_head(counter: Counter) -> bytes:
    """The line of the cosigner over a head of one more entry than was asked."""
    from verifier.checkpoint import Checkpoint, cosign

    signer = unlock(counter.folder / state.KEY, PASS)
    head = Checkpoint(ORIGIN, counter.size + 1, bytes(32))
    return cosign(head.text(), counter.vkey, 1_770_000_000, signer.sign).line().encode()


ANSWERS: dict[str, tuple[Callable[[Counter], tuple[int, bytes]], str]] = {
    "signs the wrong size": (lambda c: (200, another_head(c)), "E-COSIGN-WRONG"),
    "signs with another key": (
        lambda _c: (200, "— other.example AAAAAAEBAQE=\n".encode()),
        "E-COSIGN-UNKNOWN",
    ),
    "answers a page": (lambda _c: (200, b"<html>"), "E-WITNESS-ANSWER"),
    "answers a size with 200": (lambda _c: (200, b"3\n"), "E-COSIGN-REFUSED"),
    "has seen more than there is": (lambda _c: (409, b"100000\n"), "E-COSIGN-AHEAD"),
    "has seen something else of this size": (lambda _c: (409, b"0\n"), "E-COSIGN-CONTRADICTS"),
    "finds the proof wrong": (lambda _c: (422, b"no\n"), "E-COSIGN-CONTRADICTS"),
    "does not know the ledger": (lambda _c: (404, b"unknown\n"), "E-COSIGN-REFUSED"),
    "sends the asker elsewhere": (lambda _c: (302, b""), "E-COSIGN-REFUSED"),
    "is broken": (lambda _c: (500, b"oops\n"), "E-COSIGN-REFUSED"),
}


@pytest.mark.parametrize(("answer", "code"), ANSWERS.values(), ids=ANSWERS)
def test_a_lying_cosigner_is_named_and_the_last_good_state_stands(
    counter: Counter, answer: Callable[[Counter], tuple[int, bytes]], code: str
) -> None:
    with counter.serving() as url:
        counter.ask(url)
    kept = heads.heads_of(counter.office.book)
    good = kept.place(counter.size).read_bytes()
    cosigned = counter.size
    counter.office.lists()
    said = answer(counter)
    seen: list[bytes] = []

    def told_once(body: bytes) -> tuple[int, bytes]:
        seen.append(body)
        return (409, b"%d\n" % cosigned) if said == (409, b"0\n") else said

    with answering(told_once) as url, pytest.raises(LiuhenError) as told:
        counter.ask(url)
    assert code_of(told) == code
    assert kept.place(cosigned).read_bytes() == good
    assert len(parse_checkpoint(kept.place(counter.size).read_bytes())[1].signatures) == 1
    assert len(seen) <= heads.TRIES


@pytest.mark.parametrize("url", ["ftp://a", "file:///etc/passwd", "http://", "a", "http://a/?q"])
def test_only_addresses_of_the_web_are_asked(url: str) -> None:
    with pytest.raises(LiuhenError) as told:
        client.post(url, b"")
    assert code_of(told) == "E-COSIGN-URL"


def test_a_ledger_without_a_policy_file_wants_every_cosigner(counter: Counter) -> None:
    policy = everybody(named(counter.office.book.facts()))
    assert not policy.satisfied(lambda _key: False)
    assert policy.satisfied(lambda _key: True)


# the server's bounds


def ask(url: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_the_server_answers_its_two_addresses_only(counter: Counter) -> None:
    with counter.serving() as url:
        counter.ask(url)
        name = sha256(ORIGIN.encode()).hexdigest()
        status, found = ask(url, "GET", f"/{name}/checkpoint")
        assert status == HTTPStatus.OK
        assert parse_checkpoint(found)[0].size == counter.size
        assert ask(url, "GET", f"/{'0' * 64}/checkpoint")[0] == HTTPStatus.NOT_FOUND
        assert ask(url, "GET", "/")[0] == HTTPStatus.NOT_FOUND
        assert ask(url, "POST", "/other", b"x")[0] == HTTPStatus.NOT_FOUND
        assert ask(url, "POST", "/add-checkpoint", b"x")[0] == HTTPStatus.BAD_REQUEST
        assert ask(url, "PUT", "/add-checkpoint", b"x")[0] == HTTPStatus.NOT_IMPLEMENTED


def test_a_body_too_large_or_of_no_length_is_not_read(counter: Counter) -> None:
    with counter.serving() as url:
        large = {"Content-Length": str(MAX_REQUEST + 1)}
        assert ask(url, "POST", "/add-checkpoint", b"", **large)[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        odd = {"Content-Length": "-1"}
        assert ask(url, "POST", "/add-checkpoint", b"", **odd)[0] == HTTPStatus.LENGTH_REQUIRED


def test_slow_clients_keep_nobody_out(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SECONDS", 0.3)
    monkeypatch.setattr(server._Handler, "timeout", 0.3)
    with counter.serving() as url:
        host, port = url.removeprefix("http://").split(":")
        slow = [socket.create_connection((host, int(port))) for _ in range(server.CONNECTIONS)]
        for one in slow:
            one.sendall(b"POST /add-checkpoint HTTP/1.0\r\nContent-Length: 10\r\n\r\n")
        for one in slow:
            one.settimeout(5)
            assert one.recv(100) == b""
        assert counter.ask(url) == [counter.size]
        for one in slow:
            one.close()


def test_a_state_that_cannot_be_written_signs_nothing(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counter.serving() as url:
        (counter.folder / state.STATE).unlink()
        with pytest.raises(LiuhenError) as told:
            counter.ask(url)
    assert code_of(told) == "E-COSIGN-REFUSED"
    assert any("E-COSIGNER-STATE" in line for line in counter.told)
