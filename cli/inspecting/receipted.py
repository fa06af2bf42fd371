"""Receipts that go with printed papers: each carries the code of its subject's, the files lie beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli.desk import Desk
from cli.i18n import _
from ledger import receipts
from ledger.commands import bundles, find
from ledger.commands.draws import draw_of
from ledger.durable import DOCUMENT, disk_error, write_whole
from verifier.errors import LiuhenError
from verifier.receipt import Receipt, parse

FOLDER = "抽取凭证"
"""Beside the printed file."""


class Receipts:
    """The receipts of the drawn subjects of one draw, in a folder.

    A receipt that lies there and fits this ledger stays, so that every paper printed before still names its
    file. A new one stands under the newest head that was published; where there is none, and `sign` asks for
    it, the log key signs the head as it is. Else there are none.
    """

    def __init__(self, desk: Desk, draw: str, folder: Path, *, sign: bool) -> None:
        self._desk, self._draw, self._folder, self._sign = desk, draw, folder, sign
        self._issuers: dict[bytes, receipts.Issuer] = {}
        self._signed = b""

    def of(self, subjects: Sequence[str]) -> dict[str, Receipt]:
        """Subject → receipt, of all drawn subjects where none is named; empty where there can be none."""
        book = self._desk.reading()
        facts = book.facts()
        if not receipts.given(draw_of(facts, self._draw)):
            return {}
        wanted = subjects or [team.subject for team in find.teams_by_rank(facts, self._draw)]
        found = {subject: self._kept(subject) or self._new(subject) for subject in wanted}
        return {subject: one for subject, one in found.items() if one is not None}

    def write(self, made: dict[str, Receipt]) -> None:
        """Put the files in place. Raises E-STORE-DISK."""
        for subject, one in made.items():
            path = self._path(subject)
            try:
                self._folder.mkdir(exist_ok=True)
                write_whole(path, one.encode(), DOCUMENT)
            except OSError as error:
                raise disk_error(path, error) from error

    def told(self, made: dict[str, Receipt]) -> list[str]:
        """What was put where, or why there is none."""
        if made:
            words = _("{n} receipts, their codes on the papers: {folder}")
            return [words.format(n=len(made), folder=self._folder)]
        if not receipts.given(draw_of(self._desk.reading().facts(), self._draw)):
            return []
        return [
            _("No receipt code: no head was published since the draw. Print with --receipt to sign one now.")
        ]

    def _path(self, subject: str) -> Path:
        return self._folder / f"{self._draw}-{subject}.receipt"

    def _kept(self, subject: str) -> Receipt | None:
        """The receipt that lies there, if this ledger would give the same under the same head."""
        try:
            one = parse(self._path(subject).read_bytes())
            return one if one == self._under(one.proof.signed).one(subject) else None
        except (OSError, LiuhenError, KeyError):
            return None

    def _new(self, subject: str) -> Receipt | None:
        book = self._desk.reading()
        if not self._signed:
            self._signed = receipts.head_over(book, draw_of(book.facts(), self._draw))
        if not self._signed and self._sign:
            self._signed = bundles.sign_head(book, self._desk.log_signer())
        return self._under(self._signed).one(subject) if self._signed else None

    def _under(self, signed: bytes) -> receipts.Issuer:
        if signed not in self._issuers:
            self._issuers[signed] = receipts.issuer(self._desk.reading(), self._draw, signed)
        return self._issuers[signed]
