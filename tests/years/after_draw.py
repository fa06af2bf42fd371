"""The second half of a year at the counter: the steps after the draws, up to the year's end.

A `WholeYear` goes on with `results` (检查结果录入表, filled in and imported), `published_all`, `rectified`,
`filed_away` and `closed`; `has_key` gives somebody a key, `visits` names the visits of a draw.
"""

from __future__ import annotations

from collections.abc import Mapping

import openpyxl

from tests.years.office_year import ADMIN, APPROVER, CLERK, OfficeYear, plain

Cells = Mapping[str, object]
"""What is typed into a row of 检查结果录入表, by title of the column."""
FOUND: Cells = {"检查结果代码": "09"}


class WholeYear(OfficeYear):
    """An office's year to its end."""

    def results(
        self, draw: str, day: str, cells: Mapping[str, Cells] | None = None, *, by: str = CLERK
    ) -> None:
        """The results of every subject of a draw without a visit, inspected on `day` and signed on paper: one
        workbook, one signature; a second person confirms. `cells` is what a row says beside, by subject."""
        path = self.folder / f"录入表-{draw}-{day}.xlsx"
        self.does("inspect", "sheet", path, "--draw", draw, by=by)
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        places = {plain(str(cell.value)): cell.column for cell in sheet[2]}
        scan = self.paper(f"记录表-{draw}-{day}.pdf").name
        for row in range(3, sheet.max_row + 1):
            subject = str(sheet.cell(row, places["统一社会信用代码"]).value)
            typed = {"检查日期": day, "记录表扫描件": scan, **(cells or {}).get(subject, {})}
            for title, value in typed.items():
                sheet.cell(row, places[title], value)
        book.save(path)
        self.on(max(str(row.get("结束日期", day)) for row in (cells or {"": {}}).values()), hour=18)
        self.does("inspect", "import", path, by=by)
        self.confirm()

    def visits(self, draw: str) -> dict[str, str]:
        """Visit by subject, in the order drawn."""
        rows = self.json("inspect", "show", "--draw", draw)["visits"]
        return {row["subject"]: row["visit"] for row in rows}

    def published_all(self, draw: str, day: str, address: str, *, by: str = CLERK) -> None:
        """Every result of a draw that is ready, published on `day`."""
        self.on(day)
        where = ("--channel", "国家企业信用信息公示系统", "--address", address)
        self.does("result", "register", "--all", "--draw", draw, *where, "--yes", by=by)

    def rectified(self, visit: str, ordered: str, due: str, settled: str, *, by: str = CLERK) -> None:
        """A rectification ordered on one day, due on another, confirmed on a third."""
        self.on(ordered)
        record = ("followup", "record", visit, "--kind", "责令改正", "--due", due)
        followup = self.json(*record, "--file", self.paper("责令改正通知书.pdf"), by=by)["followup"]
        self.on(settled)
        self.does("followup", "close", followup, "--file", self.paper("复查记录.pdf"), by=by)

    def has_key(self, holder: str, name: str, unit: str, role: str) -> None:
        """Somebody makes a key at the counter; it is enrolled and confirmed."""
        who = ("--name", name, "--unit", unit, "--role", role, "--origin", self.origin)
        enrolment = self.json("key", "new", holder, *who)["enrolment"]
        self.does("key", "enroll", enrolment, by=ADMIN)
        self.confirm()

    def filed_away(self, *tasks: str, by: str = CLERK) -> None:
        """A case file of each task, with every paper that the ledger names."""
        for task in tasks:
            number = ("--number", f"双随机-{task}", "--folder", self.folder / "案卷" / task)
            self.does("archive", task, *number, "--from", self.folder, by=by)

    def closed(self, year: int, *calendar: str, by: str = CLERK, approver: str = APPROVER) -> list[str]:
        """Close a year and adopt the calendar of the next, with these options; what is carried over, as
        "kind name"."""
        carried = [" ".join(row) for row in self.json("year", "show", year)["open"]]
        self.does("year", "close", year, "--yes", by=by)
        self.confirm(approver)
        self.does("calendar", "adopt", year + 1, *calendar, by=by)
        self.opened = {row["step"]: row["done"] for row in self.json("year", "open", year + 1)["steps"]}
        return carried
