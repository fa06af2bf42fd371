"""What `liuhen verify` adds to a report: explanations, what is new, evidence, an opinion to sign, a page."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from cli.i18n import _, language_in_use
from ledger.audit import explain
from ledger.audit.evidence import Laid, write_evidence
from ledger.audit.explain import Explained
from ledger.audit.source import Source, opened
from ledger.durable import DOCUMENT, write_whole
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.replay import replay_entries
from verifier.report import Check, Report, Status
from verifier.wording import Language, escape_json

Wrong = (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)


@dataclass(frozen=True)
class News:
    """A report that says only what is new since the first `size` entries, and how many findings were old."""

    report: Report
    size: int
    earlier: int


def news(report: Report, size: int, source: Source) -> News:
    """The report without what was wrong already after the first `size` entries, judged as of then."""
    old, _facts = replay_entries(islice(source.read(), size), "", source.open)
    known = {_key(check) for check in old.checks if check.status in Wrong}
    kept = [c for c in report.checks if c.status not in Wrong or _key(c) not in known]
    return News(replace(report, checks=tuple(kept)), size, len(report.checks) - len(kept))


def _key(check: Check) -> tuple[object, ...]:
    return check.rule, check.status, check.location, check.expected, check.found


@dataclass(frozen=True)
class Verified:
    """What was verified, in which language it is told, and what was found out about it."""

    report: Report
    facts: Facts
    path: Path
    lang: Language
    since: News | None = None

    def explained(self) -> tuple[Explained, ...]:
        """The red checks; of a source that cannot be read, without their entries."""
        try:
            with opened(self.path, self.facts) as source:
                return explain.explain(self.report, source)
        except LiuhenError:
            return explain.explain(self.report, None)

    def text(self, explained: tuple[Explained, ...]) -> str:
        """The report with the explanation before its last line."""
        told = self.report.to_text(self.lang).rstrip("\n")
        body, _blank, step = told.rpartition("\n\n")
        added = list(explain.lines(explained, self.facts, self.report, self.lang))
        added = ([*self._since(), ""] if self.since else []) + ([*added, ""] if added else [])
        return "\n".join([body, "", *added, step]) + "\n"

    def _since(self) -> list[str]:
        if self.since is None:
            return []
        told = _(
            "Only what is new since entry {size}: the earlier part was verified again in full and agrees "
            "with the head given; {earlier} findings that it had already are not repeated."
        )
        return [told.format(size=self.since.size, earlier=self.since.earlier)]

    def json(self, explained: tuple[Explained, ...]) -> str:
        """The report with `explained` and `since`, where there is something to say."""
        document = json.loads(self.report.to_json())
        if explained:
            document["explained"] = explain.data(explained, self.facts)
        if self.since:
            document["since"] = {"size": self.since.size, "earlier": self.since.earlier}
        return escape_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"

    def write(
        self, explained: tuple[Explained, ...], docx: Path | None, html: Path | None, evidence: Path | None
    ) -> list[str]:
        """Write what was asked for; a line for each."""
        written: list[Path] = []
        if docx is not None:
            from ledger.audit import opinion

            write_whole(docx, opinion.document(self.report, self.facts, explained), DOCUMENT)
            written.append(docx)
        if html is not None:
            from ledger.audit import verdict_page

            page = verdict_page.page(self.report, self.facts, explained, self.lang)
            write_whole(html, page.encode(), DOCUMENT)
            written.append(html)
        lines = [_("Written: {file}").format(file=path) for path in written]
        if evidence is not None:
            with opened(self.path, self.facts) as source:
                laid = write_evidence(evidence, self.path, source, self.report, explained)
            lines += _laid(laid)
        return lines


def _laid(laid: Laid) -> list[str]:
    lines = [
        _(
            "Evidence written: {folder} ({n} entries). Read README.txt there; check: sh {folder}/check.sh"
        ).format(folder=laid.folder, n=len(laid.entries))
    ]
    if laid.private:
        lines.append(_("Mind: it holds private values; hand it only to who may lawfully see them."))
    return lines


def language() -> Language:
    return "en" if language_in_use() == "en" else "zh"
