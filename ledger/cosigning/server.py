"""The HTTP side of a cosigner: `POST …/add-checkpoint` and `GET …/<hash of origin>/checkpoint`.

Bounded against slow and large clients: sizes of what is read, seconds for a connection, number of
connections at once. One request is judged at a time. It listens on the loopback address unless told
otherwise; TLS and the open network are for a web server in front of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Lock, Timer
from typing import Any

from ledger.cosigning.cosigner import TEXT_TYPE, Answer, Cosigner
from verifier.errors import Exit, LiuhenError
from verifier.witness import MAX_REQUEST

SECONDS = 10.0
"""For one connection, from its first byte to its last."""
CONNECTIONS = 16
_READ = re.compile(r".*/([0-9a-f]{64})/checkpoint")


class Server(ThreadingHTTPServer):
    """Answers for `cosigner` at (host, port); `told` gets a line for every request."""

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, address: tuple[str, int], cosigner: Cosigner, told: Callable[[str], None]) -> None:
        super().__init__(address, _Handler)
        self.cosigner = cosigner
        self.told = told
        self.turn = Lock()
        self._free = BoundedSemaphore(CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Refuse a connection beyond the number at once."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        hurry = Timer(SECONDS, self.shutdown_request, [request])
        hurry.daemon = True
        hurry.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            hurry.cancel()
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away or is too slow is no fault of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = SECONDS
    server_version = "liuhen-cosigner"
    sys_version = ""

    def do_POST(self) -> None:
        if not self.path.endswith("/add-checkpoint"):
            self._send(_text(HTTPStatus.NOT_FOUND, "no such address"))
            return
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,9}", length, re.ASCII):
            self._send(_text(HTTPStatus.LENGTH_REQUIRED, "Content-Length is needed"))
        elif int(length) > MAX_REQUEST:
            self._send(_text(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_REQUEST} bytes"))
        else:
            self._send(self._judge(self.rfile.read(int(length))))

    def do_GET(self) -> None:
        asked = _READ.fullmatch(self.path)
        found = None
        if asked:
            with self.server.turn:
                found = self.server.cosigner.checkpoint(asked[1])
        if found is None:
            self._send(_text(HTTPStatus.NOT_FOUND, "no such address"))
        else:
            self._send(Answer(HTTPStatus.OK, found))

    def _judge(self, body: bytes) -> Answer:
        try:
            with self.server.turn:
                return self.server.cosigner.add_checkpoint(body)
        except LiuhenError as error:
            self.server.told(error.english())
            busy = error.exit is Exit.LOCKED
            status = HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.INTERNAL_SERVER_ERROR
            return _text(status, "the state could not be stored; nothing was signed")

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        self.server.told(f"{self.address_string()} {format % args}")


def _text(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, f"{text}\n".encode(), TEXT_TYPE)
