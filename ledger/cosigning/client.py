"""Asking a cosigner over HTTP. Bounded: seconds for the whole answer, bytes of it, no redirection."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, Request, build_opener

from verifier.errors import N_, Exit, LiuhenError
from verifier.witness import MAX_ANSWER

SECONDS = 15.0


@dataclass(frozen=True)
class Reply:
    """Status and body of an HTTP answer, whatever the status."""

    status: int
    body: bytes


class _EveryAnswer(HTTPErrorProcessor):
    """Takes every status as an answer; in particular it follows no redirection."""

    def http_response(self, request: Request, response: http.client.HTTPResponse) -> http.client.HTTPResponse:
        return response

    https_response = http_response


def post(url: str, body: bytes, seconds: float = SECONDS) -> Reply:
    """POST `body` to `url`/add-checkpoint. Raises E-COSIGN-URL, E-COSIGN-DOWN; nothing is changed then."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise LiuhenError(
            "E-COSIGN-URL",
            N_("This is not the address of a cosigner: {url}"),
            remedy=N_("It begins with http:// or https://; by file, give a folder or a file name."),
            exit=Exit.USAGE,
            url=url,
        )
    target = url.rstrip("/") + "/add-checkpoint"
    asked = Request(target, data=body, headers={"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    end = monotonic() + seconds
    try:
        with build_opener(_EveryAnswer).open(asked, timeout=seconds) as answer:
            return Reply(answer.status, _bounded(answer, end))
    except (OSError, http.client.HTTPException) as error:
        raise _down(url, getattr(error, "reason", error)) from error


def _bounded(answer: http.client.HTTPResponse, end: float) -> bytes:
    """The body, as far as a cosigner's answer goes, before `end`."""
    found = b""
    while len(found) <= MAX_ANSWER:
        if monotonic() > end:
            raise TimeoutError
        piece = answer.read1(4096)
        if not piece:
            break
        found += piece
    return found


def _down(url: str, reason: object) -> LiuhenError:
    slow = isinstance(reason, TimeoutError)
    return LiuhenError(
        "E-COSIGN-DOWN",
        N_("The cosigner does not answer ({reason}). Nothing is lost; the ledger goes on without it."),
        where=url,
        remedy=N_("Ask again later, or carry the request by file: liuhen cosign request FOLDER"),
        exit=Exit.DISK,
        reason="timeout" if slow else str(getattr(reason, "strerror", None) or type(reason).__name__),
    )
