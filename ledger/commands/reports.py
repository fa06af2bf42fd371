"""Bulletins, reports of tasks, activities and statistics (R136, R143–R148, R158)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.book import Book, Deed, Written
from ledger.commands.draws import draw_of
from ledger.commands.keys import fresh_id
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.figures import FIGURES, Period, Statistics


def issue_bulletin(
    book: Book,
    signer: Signer,
    draw: str,
    channel: str,
    day: str,
    address: str = "",
    file: bytes | None = None,
) -> Written:
    """一抽查一通报: the bulletin of a draw was published on a day."""
    more = _given({"address": address, "file": file})

    def decide(facts: f.Facts) -> Sequence[Deed]:
        m = draw_of(facts, draw).m
        data: dict[str, Value] = {"draw": draw, "m": m, "date": day, "channel": channel, **more}
        return [Deed("bulletin.issued", f"draw/{draw}", data)]

    return book.write(signer, decide)


def report_task(
    book: Book, signer: Signer, draw: str, to: str, day: str, file: bytes | None = None
) -> Written:
    """计划实施后报送: enterprises, problems and what was done about them went to somebody on a day."""
    more = _given({"file": file})

    def decide(facts: f.Facts) -> Sequence[Deed]:
        m = draw_of(facts, draw).m
        data: dict[str, Value] = {"draw": draw, "m": m, "date": day, "to": to, **more}
        return [Deed("task.reported", f"draw/{draw}", data)]

    return book.write(signer, decide)


def record_activity(
    book: Book,
    signer: Signer,
    kind: str,
    day: str,
    title: str,
    *,
    file: bytes | None = None,
    lead: str = "",
    partners: Sequence[str] = (),
    subjects: int | None = None,
    published: int | None = None,
    address: str = "",
    activity: str = "",
) -> tuple[str, Written]:
    """A meeting, document, training, publicity, or a joint check led by another department; gives its id."""
    name = activity or fresh_id("activity")
    data: dict[str, Value] = {"activity": name, "kind": kind, "date": day, "title": title}
    data.update(
        _given(
            {
                "file": file,
                "lead": lead,
                "partners": list(partners),
                "subjects": subjects,
                "published": published,
                "address": address,
            }
        )
    )
    return name, book.write(signer, lambda _facts: [Deed("activity.recorded", "activities", data)])


def issue_report(
    book: Book,
    signer: Signer,
    form: str,
    period: Period,
    file: bytes,
    day: str,
    to: str = "",
    report: str = "",
) -> tuple[str, Written]:
    """A report of a period with every figure as the ledger gives it now; gives its id. `file` is the hash of
    what was handed in."""
    name = report or fresh_id("report")

    def decide(facts: f.Facts) -> Sequence[Deed]:
        data: dict[str, Value] = {
            "report": name,
            "form": form,
            "from": period.first,
            "until": period.last,
            "figures": stated(facts, period),
            "file": file,
            "date": day,
            **_given({"to": to}),
        }
        return [Deed("report.issued", f"report/{name}", data)]

    return name, book.write(signer, decide)


def stated(facts: f.Facts, period: Period) -> list[Value]:
    """`[key, number]` of every figure, by key, as a report states them."""
    known = Statistics(facts, period)
    return [[key, known.number(key) or 0] for key in sorted(FIGURES)]


def _given(values: Mapping[str, Value | None]) -> dict[str, Value]:
    """Those values that were given."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
