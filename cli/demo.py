"""`make demo`: the main job once, on made-up lists, for a person to watch.

Five people with a key store each run a practice ledger (演练) from lists to the verified bundle. Everything
it leaves lies in `build/demo`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from importlib import resources
from pathlib import Path

import click

from cli import i18n
from cli.i18n import _
from ledger import policy, sample
from ledger.book import Book, Written, now
from ledger.commands import bundles, draws, followups, keys, lists, plans, records, reports, visits
from ledger.commands.keys import Person
from ledger.forms.catalogue import FORMS, form_bytes
from ledger.forms.counting import number, running_period
from ledger.forms.digits import grouped
from ledger.forms.files import write_file
from ledger.forms.form import Wanted
from ledger.forms.source import Source
from ledger.importing.plans import read_plan
from ledger.importing.records import read_items, read_officers, read_subjects
from ledger.keystore import Signer
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.figures import Statistics
from verifier.replay import verify_bundle
from verifier.report import Anchors, Report, Verdict
from verifier.vocabulary import NO_PROBLEM

ORIGIN = "practice/ledger.example.gov.cn/fgj"
PASSPHRASE = "demo"  # noqa: S105 - of a practice ledger, printed for the reader
PLAN = "plan-demo"
PEOPLE = (
    Person("zhao-admin", "赵演一", "fgj", ("admin",)),
    Person("qian-clerk", "钱演二", "fgj", ("clerk",)),
    Person("sun-approver", "孙演三", "fgj", ("approver",)),
    Person("li-supervisor", "李演四", "jijian", ("supervisor",)),
    Person("zhou-observer", "周演五", "zhengxie", ("observer",)),
)
PAPERS = {
    "record.docx": N_("who was drawn, who is recused and who follows; the cells for signatures are empty"),
    "problems.xlsx": N_("a problem, the order to correct it, by when, and that it was settled"),
    "monthly.docx": N_("meetings, visits and published results of the month; the ledger counted them"),
    "one-page.docx": N_("a whole draw for the supervisor, down to what is not proven"),
}
"""The papers to look at, and what to look for."""
SEATS = {"1": [("fgj", "safety", 1), ("scj", "-", 1)], "2": [("fgj", "grain", 1), ("scj", "-", 1)]}
"""Seats by plan row; row 3 sends two officers of the office."""
"""Seats by plan row; row 3 sends two officers of the office."""


class Demo:
    """The demonstration in `folder`, step by step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signers: dict[str, Signer] = {}
        self.book: Book
        self.problem = ""

    def __getattr__(self, role: str) -> Signer:
        for person in PEOPLE:
            if role in person.roles and person.holder in self.signers:
                return self.signers[person.holder]
        raise AttributeError(role)

    def run(self) -> Report:
        """Play the year and verify the zip."""
        for step_number, (title, step) in enumerate(
            (
                (_("Founding the ledger: five people, a key store each"), self.found),
                (_("Lists: items, enterprises, officers"), self.lists),
                (_("The office's rules and the working calendar"), self.rules),
                (_("The yearly plan: submitted, approved, published"), self.plan),
                (_("Three tasks, each approved by a second person"), self.tasks),
                (_("The draw: seal the list, seal the numbers, public value, open, draw"), self.draws),
                (_("An officer is recused; the next by ticket follows"), self.recuse),
                (_("Visits, and publication of their results"), self.visits),
                (_("A problem put right, the monthly report, the supervisor's page"), self.report),
                (_("The printed record and the bundle for everybody"), self.publish),
            ),
            1,
        ):
            click.echo(f"\n{step_number}. {title}")
            step()
        click.echo("\n11. " + _("Verification of the zip, as anybody can do it"))
        with open_bundle(self.folder / "bundle.zip") as bundle:
            return verify_bundle(bundle, Anchors())

    def tell(self, text: str, **params: object) -> None:
        click.echo("   " + text.format(**params))

    def confirm(self, written: Written, role: str = "approver") -> None:
        keys.confirm(self.book, getattr(self, role), [written.leaf])

    def found(self) -> None:
        self.book = Book.create(self.folder / "ledger.db", ORIGIN)
        for person in PEOPLE:
            store = self.folder / "keys" / person.holder
            self.signers[person.holder] = keys.new_key(store, ORIGIN, person, PASSPHRASE)
        log = keys.new_log_key(self.folder / "keys" / "zhao-admin", ORIGIN, PASSPHRASE, "zhao-admin")
        self.signers["log"] = log
        founder, *others = PEOPLE
        written = keys.found(
            self.book,
            self.signers[founder.holder],
            log,
            name=founder.name,
            office=_("Demo County Development and Reform Bureau"),
            division="649999",
            others=[(self.signers[p.holder], p.name) for p in others],
        )
        self.tell(_("Ledger id: {id}"), id=grouped(written.entries[0].leaf_hex))

    def lists(self) -> None:
        today = date.fromisoformat(now()[:10])
        for register, read, words in (
            ("items", read_items, _("items")),
            ("subjects", read_subjects, _("enterprises")),
            ("officers", read_officers, _("officers")),
        ):
            path = self._sample(register)
            sheet = read(path, today=today)
            self._import(register, sheet.records, path)
            self.tell(
                _("{n} {words} imported from {file}"), n=len(sheet.records), words=words, file=path.name
            )
        officers = [name for name, _row in self.book.facts().rows(f.register("officers"))]
        first = next(name for name, row in self.book.facts().rows(f.register("subjects")))
        lists.declare_conflicts(self.book, self.clerk, [(officers[0], first, "亲属在该企业任职（演示）")])
        self.tell(_("1 conflict of interest declared before any draw; its details stay private"))

    def _sample(self, register: str) -> Path:
        """A made-up list, copied to where the person can open it; the plan's month is this one."""
        text = (resources.files(sample) / f"{register}.csv").read_text(encoding="utf-8-sig")
        path = self.folder / f"{register}.csv"
        path.write_text(
            text.format(month=f"{now()[:7]}") if register == "plan" else text, encoding="utf-8-sig"
        )
        return path

    def _import(self, register: str, rows: Iterable[tuple[str, Mapping[str, Value]]], path: Path) -> None:
        source = sha256(path.read_bytes()).digest()
        lists.import_records(
            self.book, self.clerk, register, rows, reason=path.name, source=source, source_name=path.name
        )

    def rules(self) -> None:
        ready = policy.profile("s0")
        adopted = plans.adopt_policy(
            self.book,
            self.clerk,
            ready.policy,
            title=ready.title,
            document=ready.document,
            file=sha256(b"demo").digest(),
            values=ready.values,
            clauses=ready.clauses,
        )
        self.confirm(adopted)
        self.tell(_("Adopted: {title}"), title=ready.title)
        year = int(now()[:4])
        try:
            off, work = plans.year_table(year)
        except LiuhenError:
            self.tell(
                _("The working calendar of {year} is not announced yet: deadlines are provisional"), year=year
            )
            return
        plans.adopt_calendar(self.book, self.clerk, year, _("as announced by the State Council"), off, work)
        self.tell(
            _("Working calendar of {year}: {off} weekdays off, {work} weekend days worked"),
            year=year,
            off=len(off),
            work=len(work),
        )

    def plan(self) -> None:
        path = self._sample("plan")
        items = {name: row.record for name, row in self.book.facts().rows(f.register("items"))}
        sheet = read_plan(path, today=date.fromisoformat(now()[:10]), items=items)
        self._import(f"plan.{PLAN}", sheet.records, path)
        plans.submit_plan(self.book, self.clerk, PLAN, _("Yearly plan (practice)"), int(now()[:4]))
        plans.approve_plan(self.book, self.approver, PLAN)
        plans.publish_plan(self.book, self.clerk, PLAN, plans.publication("portal", now()[:10]))
        for _no, record in sheet.records:
            self.tell(
                "{no}. {name}: {p}/{q}",
                no=record["no"],
                name=record["task_name"],
                p=record["p"],
                q=record["q"],
            )

    def tasks(self) -> None:
        today = date.fromisoformat(now()[:10])
        month_end = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        paper = sha256(b"demo scheme").digest()
        for row in ("1", "2", "3"):
            written = plans.new_task(
                self.book,
                self.clerk,
                f"task-{row}",
                PLAN,
                row,
                scheme=(_("work scheme"), paper),
                form=(_("check form"), "1", paper),
                window=(today.isoformat(), month_end.isoformat()),
                responsible="钱演二",
                seats=SEATS.get(row, [("fgj", "-", 2)]),
                public="balls:7" if row == "1" else "none",
            )
            self.confirm(written)
            if row == "1":
                told = _("task-{row} is a joint check: every team has an officer of {departments}")
                self.tell(told, row=row, departments="发改局、市场监管局")
            question, seats = plans.preview(self.book.facts(), f"task-{row}", today.isoformat())
            for stratum in question.strata:
                self.tell(
                    _("task-{row}: N = {n}, k = {k}, at least {teams} possible teams for each enterprise"),
                    row=row,
                    n=stratum["n"],
                    k=stratum["k"],
                    teams=seats.fewest,
                )

    def draws(self) -> None:
        for row in ("1", "2", "3"):
            name = f"draw-{row}"
            frozen = draws.freeze(self.book, self.clerk, name, f"task-{row}", ["qian-clerk", "li-supervisor"])
            self.tell(_("{draw}: list sealed, M = {m}"), draw=name, m=frozen.leaf.hex()[:16] + "…")
            draws.commit(self.book, self.clerk, name)
            draws.commit(self.book, self.supervisor, name)
            if row == "1":
                digits = "".join(str(byte % 10) for byte in os.urandom(7))
                typed = draws.public_value(self.book, self.clerk, name, digits)
                self.confirm(typed, "supervisor")
                self.tell(
                    _("{draw}: both numbers sealed; balls drawn on the spot: {digits}"),
                    draw=name,
                    digits=digits,
                )
            draws.reveal(self.book, self.clerk, name)
            draws.reveal(self.book, self.supervisor, name)
            draws.run(self.book, self.clerk, name)
            held = draws.draw_of(self.book.facts(), name)
            self.tell(_("{draw}: opened; seed {seed}"), draw=name, seed=held.outcome["seed"][:16] + "…")
            teams = self._teams(name)
            self.tell(
                _("{draw}: {n} enterprises drawn, first {subject} with {members}"),
                draw=name,
                n=len(teams),
                subject=self._name(teams[0].subject),
                members=self._officers(teams[0].members()),
            )

    def _name(self, subject: str) -> str:
        row = self.book.facts().get(f.register("subjects"), subject)
        return str(row.record["name"]) if row else subject

    def _officers(self, names: Sequence[str]) -> str:
        rows = [self.book.facts().get(f.register("officers"), name) for name in names]
        return "、".join(str(row.record["name"]) for row in rows if row)

    def _teams(self, name: str) -> list[f.Team]:
        held = [team for _key, team in self.book.facts().rows(f.TEAMS, f"{name}/")]
        return sorted(held, key=lambda team: (team.stratum, team.rank))

    def recuse(self) -> None:
        team = self._teams("draw-1")[0]
        out = team.seats[1]
        substitute, written = draws.recuse(self.book, self.clerk, "draw-1", team.subject, out, "recusal")
        self.confirm(written)
        self.tell(
            _("{subject}: {out} recused, {substitute} follows, approved by a second person"),
            subject=self._name(team.subject),
            out=self._officers([out]),
            substitute=self._officers([substitute]),
        )

    def _put_right(self, draw: str) -> list[dict[str, Value]]:
        """The boxes of a visit that found something in its first item, put right on the spot."""
        facts = self.book.facts()
        items = plans.task_of(facts, draws.draw_of(facts, draw).task).data["items"]
        return [
            {
                "item": item,
                "checked": True,
                "ordered": number == 0,
                "corrected": number == 0,
                "result": _("signs missing at one valve") if number == 0 else NO_PROBLEM,
            }
            for number, item in enumerate(items)
        ]

    def visits(self) -> None:
        scan = sha256(b"demo scan").digest()
        waiting: list[bytes] = []
        names = []
        for row in ("1", "2", "3"):
            for place, team in enumerate(self._teams(f"draw-{row}")):
                name, written = visits.record_visit(
                    self.book,
                    self.clerk,
                    f"draw-{row}",
                    team.subject,
                    occurred=now(),
                    items=self._put_right(f"draw-{row}") if place == 0 else (),
                    results=["02"] if place == 0 else ["01"],
                    findings=_("signs missing at one valve; put right on the spot") if place == 0 else "",
                    paper=(["钱演二"], scan),
                )
                names.append(name)
                waiting.append(written.leaf)
        keys.confirm(self.book, self.approver, waiting)
        where = plans.publication("credit_system", now()[:10])
        visits.register_results(self.book, self.clerk, names, where)
        self.tell(_("{n} visits recorded on paper, confirmed, and their results published"), n=len(names))
        self.problem = names[0]

    def report(self) -> None:
        today = now()[:10]
        order, _written = followups.record(self.book, self.clerk, self.problem, "ordered", due=today)
        followups.close(self.book, self.clerk, order, today)
        self._print("problems", Wanted(year=int(today[:4]), private=True), "problems.xlsx")
        self.tell(_("A correction is ordered (in public a follow-up like any other), and confirmed"))
        reports.record_activity(self.book, self.clerk, "meeting", today, "“双随机、一公开”工作部署会")
        period = running_period("month", today)
        monthly = self._print("monthly", Wanted(period=period), "monthly.docx")
        file = sha256(monthly).digest()
        reports.issue_report(self.book, self.clerk, "monthly", period, file, today)
        figures = Statistics(self.book.facts(), period)
        self.tell(
            _("Monthly report printed and registered: {visits} visits, {published} published"),
            visits=number(figures, "visits"),
            published=number(figures, "published"),
        )
        self._print("one-page", Wanted(draw="draw-1"), "one-page.docx")
        self.tell(_("One page for the supervisor, from the register to what is not proven"))

    def _print(self, form: str, wanted: Wanted, name: str) -> bytes:
        content = form_bytes(FORMS[form], Source.of(self.book), wanted)
        write_file(self.folder / name, content)
        return content

    def publish(self) -> None:
        records.write_draw_record(self.book, "draw-1", self.folder / "record.docx")
        for target in ("bundle", "bundle.zip"):
            written = bundles.export(self.book, self.signers["log"], self.folder / target)
        head = f"{written.head.size}:{written.head.root.hex()}"
        self.tell(_("Head (台账指纹): {head}"), head=head)
        self.book.close()


def main() -> int:
    """Run the demonstration in `build/demo`; the exit code is that of the verification."""
    i18n.install()
    i18n.safe_console()
    folder = Path("build") / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    click.echo(_("A practice ledger (演练) of a made-up county, in {folder}").format(folder=folder))
    try:
        report = Demo(folder).run()
    except LiuhenError as error:
        click.echo(i18n.render_error(error), err=True)
        return error.exit
    lang = "en" if i18n.language_in_use() == "en" else "zh"
    click.echo("   " + report.sentence("en" if lang == "en" else "zh"))
    click.echo("\n" + _("Look at these papers in {folder} with Word and Excel:").format(folder=folder))
    for name, what in PAPERS.items():
        click.echo(f"   {name:<14} {_(what)}")
    click.echo(_("Then try (passphrase of every key: {passphrase}):").format(passphrase=PASSPHRASE))
    click.echo(f"   .venv/bin/liuhen verify {folder / 'bundle.zip'}")
    click.echo(f"   .venv/bin/liuhen -L {folder / 'ledger.db'} log list")
    click.echo(f"   (cd {folder / 'bundle'} && sha256sum -c SHA256SUMS && sha256sum draws/draw-1/seed.txt)")
    return Exit.PASS if report.verdict is Verdict.PASS else Exit.FAIL


if __name__ == "__main__":
    sys.exit(main())
