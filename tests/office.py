"""A made-up county office for tests: five people, a small item list, 40 enterprises, eight officers.

Each step of the year is a method; the clock is the test's. All names and numbers are invented.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from ledger.book import Book, Written
from ledger.commands import draws, keys, lists, plans, platforms, visits
from ledger.commands.keys import Person
from ledger.importing.records import Sheet
from ledger.keystore import Signer, unlock
from verifier.codec import Value
from verifier.law.question import ask
from verifier.vocabulary import FOUND_ON_SITE

ORIGIN = "ledger.example.gov.cn/fgj/2026"
PASSPHRASE = "测试口令 一二三"
PEOPLE = {
    "admin": Person("zhao-admin", "赵一", "fgj", ("admin",)),
    "clerk": Person("qian-clerk", "钱二", "fgj", ("clerk",)),
    "approver": Person("sun-approver", "孙三", "fgj", ("approver",)),
    "supervisor": Person("li-supervisor", "李四", "jijian", ("supervisor",)),
    "observer": Person("zhou-observer", "周五", "zhengxie", ("observer",)),
}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def digest(text: str) -> bytes:
    """The hash of a made-up file."""
    return sha256(text.encode()).digest()


def made_up_code(number: int) -> str:
    """A valid 统一社会信用代码 that no enterprise has: division 649999 does not exist."""
    body = f"91649999MA{number:07}"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


POLICY: dict[str, Value] = {
    "min_rate": [3, 100],
    "min_officers": 2,
    "min_choices": 10,
    "publish_days": 20,
    "publish_unit": "working",
    "publish_from": "visit",
    "rest_day": "later",
    "sealed": False,
    "approvals": {
        "task": "approver",
        "exclusion": "approver",
        "replacement": "approver",
        "correction": "approver",
    },
}


class Clock:
    """A clock that a test sets; every reading moves it one second."""

    def __init__(self, day: str, hour: int = 9) -> None:
        self.day, self.second = day, hour * 3600

    def __call__(self) -> str:
        self.second += 1
        minutes, seconds = divmod(self.second, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{self.day}T{hours:02}:{minutes:02}:{seconds:02}+08:00"

    def go(self, day: str, hour: int = 9) -> None:
        self.day, self.second = day, hour * 3600


class Office:
    """The office and its ledger in `folder`, founded on `day`."""

    def __init__(self, folder: Path, origin: str = ORIGIN, day: str = "2026-03-02") -> None:
        self.clock = Clock(day)
        self.folder = folder
        self.book = Book.create(folder / "台账 ledger.db", origin, self.clock)
        self.signers: dict[str, Signer] = {}
        for role, person in PEOPLE.items():
            self.signers[role] = keys.new_key(folder / "keys", origin, person, PASSPHRASE, scrypt_n=2)
        self.log = keys.new_log_key(folder / "keys", origin, PASSPHRASE, "zhao-admin", scrypt_n=2)
        keys.found(
            self.book,
            self.signers["admin"],
            self.log,
            name="赵一",
            office="演示县发展和改革局",
            division="000000",
            others=[(self.signers[r], PEOPLE[r].name) for r in PEOPLE if r != "admin"],
        )

    def __getattr__(self, name: str) -> Signer:
        try:
            return self.signers[name]
        except KeyError:
            raise AttributeError(name) from None

    def confirm(self, who: str, written: Written) -> Written:
        return keys.confirm(self.book, self.signers[who], [written.leaf])

    def import_rows(self, register: str, rows: list[tuple[str, dict[str, Value]]], **rest: object) -> None:
        lists.import_records(
            self.book,
            self.clerk,
            register,
            rows,
            reason="建库",
            source=digest(register),
            **rest,  # type: ignore
        )

    def lists(self, subjects: int = 40, officers: int = 8) -> None:
        """Items, subjects (every second 油气, every third 粮食) and officers of two departments."""
        self.import_rows(
            "items",
            [
                ("item-1", _item(1, "key", "管道安全检查", "发改局")),
                ("item-2", _item(2, "general", "安全储粮检查", "发改局")),
            ],
        )
        self.import_rows("subjects", [subject(n) for n in range(subjects)])
        self.import_rows("officers", [officer(n) for n in range(officers)])

    def policy(self, **more: Value) -> None:
        """The policy of the office, with further values, and the calendar of its year."""
        adopted = plans.adopt_policy(
            self.book,
            self.clerk,
            "xize-2026",
            title="实施细则（试行）",
            document="演发改〔2026〕1号",
            file=digest("细则"),
            values={**POLICY, **more},
            clauses={"min_rate": "第九条", "min_officers": "第十一条"},
        )
        self.confirm("approver", adopted)
        off, work = plans.year_table(2026)
        plans.adopt_calendar(self.book, self.clerk, 2026, "国办发明电〔2025〕7号", off, work)

    def plan_row(self, p: int = 1, q: int = 5, **changes: Value) -> None:
        """The one row of a plan, with changes."""
        row: dict[str, Value] = {
            "no": 1,
            "plan_name": "2026年管道安全检查",
            "task_name": "管道安全检查",
            "text": ["对管道安全检查"],
            "items": ["item-1"],
            "p": p,
            "q": q,
            "objects": "油气长输管道企业",
            "draw": "undirected",
            "organiser": "发改局",
            "executor": "发改局",
            "partners": ["市场监管局"],
            "until": "2026-10",
            "tags": ["油气"],
        }
        self.import_rows("plan.p2026", [("1", {**row, **changes})])

    def plan(self, p: int = 1, q: int = 5, **changes: Value) -> None:
        """A published plan of one row, with changes."""
        self.plan_row(p, q, **changes)
        plans.submit_plan(self.book, self.clerk, "p2026", "2026年度抽查计划", 2026)
        plans.approve_plan(self.book, self.approver, "p2026")
        where = plans.publication("portal", self.clock.day, "公告2026-1")
        plans.publish_plan(self.book, self.clerk, "p2026", where)

    def task(self, task: str = "t1", *, confirm: bool = True, **rest: object) -> Written:
        options: dict[str, object] = {
            "scheme": ("工作方案", digest("方案")),
            "form": ("检查表", "1", digest("检查表")),
            "window": ("2026-03-01", "2026-10-31"),
            "responsible": "钱二",
            "seats": [("fgj", "-", 1), ("scj", "-", 1)],
            **rest,
        }
        written = plans.new_task(self.book, self.clerk, task, "p2026", "1", **options)  # type: ignore[arg-type]
        if confirm:
            self.confirm("approver", written)
        return written

    def ready(self, **task: object) -> None:
        """Everything up to an approved task."""
        self.lists()
        self.policy()
        self.plan()
        self.task(**task)  # type: ignore[arg-type]

    def freeze(self, draw: str = "d1", task: str = "t1") -> Written:
        return draws.freeze(self.book, self.clerk, draw, task, ["qian-clerk", "li-supervisor"])

    def commits(self, draw: str = "d1") -> None:
        draws.commit(self.book, self.clerk, draw)
        draws.commit(self.book, self.supervisor, draw)

    def reveals(self, draw: str = "d1") -> None:
        draws.reveal(self.book, self.clerk, draw)
        draws.reveal(self.book, self.supervisor, draw)

    def draw(self, draw: str = "d1", task: str = "t1") -> None:
        """The whole ceremony, run included."""
        self.freeze(draw, task)
        self.commits(draw)
        self.reveals(draw)
        draws.run(self.book, self.clerk, draw)

    def drawn(self, draw: str = "d1") -> list[str]:
        """Drawn subjects by rank."""
        from verifier import facts as f

        teams = [team for _, team in self.book.facts().rows(f.TEAMS, f"{draw}/")]
        return [team.subject for team in sorted(teams, key=lambda t: (t.stratum, t.rank))]

    def receive(self, rows: list[tuple[str, dict[str, Value]]], draw: str = "d1") -> Written:
        """What another platform drew, as its file gives it; not confirmed yet."""
        sheet = Sheet(rows, [], [], digest("导出"), len(rows))
        return platforms.receive(
            self.book, self.clerk, draw, sheet, platform="省双随机平台", file="导出.xlsx"
        )

    def visit(self, subject: str, draw: str = "d1", **rest: object) -> str:
        options: dict[str, object] = {"occurred": self.clock(), "paper": (["钱二"], digest("扫描件")), **rest}
        if set(FOUND_ON_SITE).intersection(rest.get("results", ())):  # type: ignore[arg-type]
            options.setdefault("items", self._told(draw))
        name, written = visits.record_visit(self.book, self.clerk, draw, subject, **options)  # type: ignore[arg-type]
        if options["paper"]:
            self.confirm("approver", written)
        return name

    def _told(self, draw: str) -> list[dict[str, Value]]:
        """The boxes of a visit that found something in each item and ordered nothing."""
        facts = self.book.facts()
        items = plans.task_of(facts, draws.draw_of(facts, draw).task).data["items"]
        ticks: dict[str, Value] = {
            "checked": True,
            "ordered": False,
            "corrected": False,
            "result": "发现问题",
        }
        return [{"item": item, **ticks} for item in items]

    def publish(self, names: list[str]) -> None:
        where = plans.publication("credit_system", self.clock.day, "公示2026-1")
        visits.register_results(self.book, self.clerk, names, where)

    def year(self) -> None:
        """The whole path: lists to published results."""
        self.ready()
        self.draw()
        self.clock.go("2026-03-10")
        names = [self.visit(subject) for subject in self.drawn()]
        self.publish(names)


def _item(seq: int, kind: str, text: str, body: str) -> dict[str, Value]:
    return {
        "seq": seq,
        "category": "企业安全生产事项检查",
        "text": [text],
        "objects": "企业",
        "class": kind,
        "methods": ["on_site"],
        "body": body,
        "basis": ["《演示条例》第一条"],
    }


def subject(number: int) -> tuple[str, dict[str, Value]]:
    code = made_up_code(number)
    tags: list[Value] = [tag for tag, every in (("油气", 2), ("粮食", 3)) if number % every == 0]
    record: dict[str, Value] = {
        "name": f"演示企业{number:03}有限公司",
        "code": code,
        "kind": "enterprise",
        "address": f"演示县第{number}号",
        "status": "active",
        "risk": "ABCD"[number % 4],
    }
    if tags:
        record["tags"] = sorted(tags)  # type: ignore[type-var]
    return code, record


def officer(number: int) -> tuple[str, dict[str, Value]]:
    department = ("fgj", "scj")[number % 2]
    return f"off-{number:02}", {
        "name": f"检查员{number}",
        "department": department,
        "qualifications": ["safety"],
        "certificate": f"YS{number:06}",
        "valid_to": "2028-12-31",
        "status": "active",
    }


def copied(source: Office, folder: Path) -> Office:
    """The same office with the same keys and ledger in another folder."""
    shutil.copytree(source.folder, folder)
    twin = object.__new__(Office)
    twin.folder, twin.clock = folder, Clock("2026-03-03")
    twin.book = Book.open(folder / "台账 ledger.db", clock=twin.clock)
    keys = folder / "keys"
    twin.signers = {role: unlock(keys / f"{p.holder}.key", PASSPHRASE) for role, p in PEOPLE.items()}
    twin.log = unlock(keys / "log.key", PASSPHRASE)
    return twin


__all__ = [
    "ORIGIN",
    "PASSPHRASE",
    "PEOPLE",
    "Office",
    "ask",
    "copied",
    "digest",
    "made_up_code",
    "officer",
    "subject",
]
