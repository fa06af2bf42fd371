"""The menu (`liuhen` alone on a terminal): numbers instead of commands.

An entry is a command with blanks that the person fills in; it runs as if it had been typed. Commands may be
typed too. No rule and no second way of doing anything lives here.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from cli.aliases import NOUNS, noun_named
from cli.commands.backup import reminder
from cli.commands.todo import todo_lines
from cli.cosigned import standing_lines
from cli.desk import Desk, holder_name, roles_named
from cli.firstrun import first_run
from cli.i18n import _
from cli.sitting import IDLE, Sitting
from ledger.commands.todo import BLANKS, Todo, todos
from ledger.forms.catalogue import FORMS
from ledger.forms.form import Ask, Form
from ledger.store.server import pointed
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_practice

Run = Callable[[list[str], Sitting | None], int]
PRACTICE = Path("演练")
"""Folder of the practice ledger that the menu makes."""
SHEET = "检查结果录入表.xlsx"


@dataclass(frozen=True)
class Choice:
    """A line of a submenu: what it says, the command, and its blanks: (what is asked, option or "" for an
    argument, default). An answer left empty leaves its option out."""

    title: str
    words: tuple[str, ...]
    blanks: tuple[tuple[str, str, str], ...] = ()


_WORKBOOK = (N_("Workbook (.xlsx)"), "", "一单两库模板.xlsx")
_DRAW = (N_("Draw (Enter: the only one)"), "", "")
_OF_DRAW = (N_("Draw (Enter: all, or the only one)"), "--draw", "")
_CHANNEL = (
    N_("Where: credit_system, platform, portal, department_site, notice_board"),
    "--channel",
    "portal",
)
_DAY = (N_("Day, YYYY-MM-DD (Enter: today)"), "--on", "")
_FILED = (N_("Day, YYYY-MM-DD (Enter: today)"), "--date", "")
_ADDRESS = (N_("Web address or number of the notice (Enter: none)"), "--address", "")


def _blanks(form: Form) -> tuple[tuple[str, str, str], ...]:
    asked = tuple(_OF_FORM[ask] for ask in form.asks if ask in _OF_FORM)
    return asked + (_PERIOD if Ask.PERIOD in form.asks else ())


_PERIOD = (
    (N_("First day, YYYY-MM-DD (Enter: that of the month, half or year)"), "--from", ""),
    (N_("Last day, YYYY-MM-DD (Enter: that of the month, half or year)"), "--until", ""),
)


_OF_FORM = {
    Ask.PLAN: (N_("Plan (Enter: the only one)"), "--plan", ""),
    Ask.DRAW: (N_("Draw (Enter: all, or the only one)"), "--draw", ""),
    Ask.SUBJECT: (N_("Subject, code or name (Enter: every one)"), "--subject", ""),
    Ask.OFFICER: (N_("Officer who leaves (Enter: as recorded)"), "--officer", ""),
    Ask.YEAR: (N_("Year (Enter: this year)"), "--year", ""),
    Ask.HALF: (N_("Half-year, 1 or 2 (Enter: the whole year)"), "--half", ""),
    Ask.AREA: (N_("Name of the county (Enter: that in the office's name)"), "--area", ""),
}
"""What a form asks → question, option, default. Private columns are asked for on the command line only."""

SECTIONS: tuple[tuple[str, tuple[Choice, ...]], ...] = (
    (
        N_("Import lists"),
        (
            Choice(N_("Write the template workbook"), ("template",)),
            Choice(N_("Import a whole workbook, and submit its plan"), ("import", "--submit"), (_WORKBOOK,)),
            Choice(N_("Import inspection items"), ("item", "import"), (_WORKBOOK,)),
            Choice(N_("Import subjects"), ("subject", "import"), (_WORKBOOK,)),
            Choice(N_("Import officers"), ("officer", "import"), (_WORKBOOK,)),
            Choice(N_("Import conflicts of interest"), ("conflict", "import"), (_WORKBOOK,)),
            Choice(N_("Import the plan, and submit it"), ("plan", "import", "--submit"), (_WORKBOOK,)),
            Choice(N_("Import tasks"), ("task", "import"), (_WORKBOOK,)),
        ),
    ),
    (
        N_("Draw"),
        (
            Choice(N_("Draw with everybody in the room"), ("draw", "ceremony", "--all")),
            Choice(N_("The same, shown large on the screen"), ("draw", "ceremony", "--all", "--show")),
            Choice(N_("Show a draw"), ("draw", "show"), (_DRAW,)),
            Choice(N_("Show a draw large"), ("draw", "show", "--screen"), (_DRAW,)),
            Choice(N_("Preview a task"), ("task", "preview"), ((N_("Task (Enter: the only one)"), "", ""),)),
            Choice(
                N_("Replace an officer"),
                ("recuse",),
                (
                    (N_("Subject (code or name)"), "", ""),
                    (N_("Officer (id or name)"), "", ""),
                    (N_("Why: recusal, absence"), "--reason", "recusal"),
                ),
            ),
            Choice(N_("Draw seats that nobody can take over (补抽)"), ("task", "fill"), (_OF_DRAW,)),
            Choice(
                N_("Record who watched the draw"),
                ("draw", "attend"),
                ((N_("As whom:from where, such as 人大代表:县人大"), "", "人大代表:县人大"),),
            ),
            Choice(
                N_("Record that the result was filed"),
                ("draw", "file"),
                (_DRAW, (N_("With whom it was filed"), "--authority", "领导小组办公室"), _FILED),
            ),
            Choice(N_("Publish the result of a sealed draw"), ("draw", "unseal"), (_DRAW,)),
        ),
    ),
    (
        N_("Record results"),
        (
            Choice(N_("Write the workbook for the visits"), ("inspect", "sheet"), ((N_("File"), "", SHEET),)),
            Choice(
                N_("Import the filled-in workbook"),
                ("inspect", "import"),
                ((N_("File"), "", SHEET), (N_("Scan of the rows that name none"), "--scan", "")),
            ),
            Choice(
                N_("Record one visit"),
                ("inspect", "record"),
                (
                    (N_("Subject (code or name)"), "", ""),
                    (N_("Day, YYYY-MM-DD"), "--on", ""),
                    (N_("Scan of the signed paper"), "--scan", ""),
                ),
            ),
            Choice(
                N_("Notices ahead of the visits (检查通知书)"),
                ("inspect", "notice", "--all"),
                ((N_("Day of the visits, YYYY-MM-DD"), "--day", ""), _OF_DRAW),
            ),
            Choice(
                N_("Ask for a longer time for a visit"),
                ("inspect", "extend"),
                (
                    (N_("Subject (code or name)"), "", ""),
                    (N_("New last day, YYYY-MM-DD"), "--until", ""),
                    (N_("Why"), "--reason", ""),
                ),
            ),
            Choice(N_("Enter this department's results of joint checks"), ("inspect", "result", "--all")),
            Choice(N_("Review results before they are published"), ("result", "review", "--all")),
            Choice(
                N_("Record a check outside the plan"),
                ("inspect", "unplanned"),
                (
                    (N_("Subject (code or name)"), "", ""),
                    (N_("Day, YYYY-MM-DD"), "--on", ""),
                    (N_("Officer (id or name)"), "--officer", ""),
                    (N_("Second officer (id or name)"), "--officer", ""),
                    (N_("Item (id or text)"), "--item", ""),
                    (N_("Ground of the exemption (Enter: none)"), "--exempt", ""),
                    (N_("File that shows the ground (Enter: none)"), "--basis", ""),
                    (N_("Why it was not planned (Enter: the ground says it)"), "--reason", ""),
                ),
            ),
            Choice(N_("How far the visits are"), ("inspect", "show"), (_OF_DRAW,)),
            Choice(N_("Confirm what waits for a second person"), ("confirm",)),
            Choice(
                N_("Record a follow-up of a problem"),
                ("followup", "record"),
                (
                    (N_("Subject (code or name)"), "", ""),
                    (N_("What is done, such as 责令改正, 立案, 抄告, 移送"), "--kind", ""),
                    (N_("Day by which it is to be settled (Enter: none)"), "--due", ""),
                ),
            ),
            Choice(
                N_("Close a follow-up"),
                ("followup", "close"),
                ((N_("Number of the follow-up"), "", ""), _DAY),
            ),
        ),
    ),
    (
        N_("Register publication"),
        (
            Choice(N_("Results of visits"), ("result", "register", "--all"), (_CHANNEL, _DAY, _ADDRESS)),
            Choice(
                N_("The yearly plan"),
                ("plan", "publish"),
                (_CHANNEL, (N_("Day, YYYY-MM-DD (Enter: today)"), "--date", ""), _ADDRESS),
            ),
            Choice(N_("What is due and what is late"), ("result", "list")),
            Choice(
                N_("The bulletin of a draw"),
                ("bulletin", "issue"),
                (_CHANNEL, _DAY, _ADDRESS, (N_("Draw (Enter: the only one)"), "--draw", "")),
            ),
        ),
    ),
    (
        N_("Print forms"),
        (
            *(Choice(form.name, ("form", "print", form.id), _blanks(form)) for form in FORMS.values()),
            Choice(N_("Workbook for the visits"), ("inspect", "sheet"), ((N_("File"), "", SHEET),)),
            Choice(N_("Template workbook"), ("template",)),
            Choice(N_("List of all forms"), ("form", "list")),
        ),
    ),
    (
        N_("Reports"),
        (
            Choice(N_("Tasks"), ("task", "list")),
            Choice(N_("Draws"), ("draw", "list")),
            Choice(N_("Results and deadlines"), ("result", "list")),
            Choice(N_("All that was inspected, checks outside the plan apart"), ("inspect", "list")),
            Choice(N_("The plan"), ("plan", "show")),
            Choice(N_("The rules in force"), ("policy", "show")),
            Choice(N_("Entries of the ledger"), ("log", "list")),
            Choice(N_("Problems and how far they are settled"), ("followup", "list")),
            Choice(N_("Figures of the year"), ("stats",)),
            Choice(
                N_("Record a meeting, document or training"),
                ("activity", "record"),
                (
                    (N_("Title"), "", ""),
                    (N_("What it was: 会议, 文件, 培训, 宣传"), "--kind", "会议"),
                    _DAY,
                ),
            ),
            Choice(
                N_("Register a report that is handed in"),
                ("report", "issue"),
                (
                    (N_("Form of the report"), "", "monthly"),
                    (N_("File (Enter: print it from the ledger)"), "", ""),
                    *_PERIOD,
                ),
            ),
            Choice(N_("Reports and their days"), ("report", "list")),
        ),
    ),
    (
        N_("Verify"),
        (
            Choice(N_("Verify this ledger"), ("verify",)),
            Choice(
                N_("Ask cosigners to sign the head"),
                ("cosign", "request"),
                ((N_("Address, or folder for the request (Enter: addresses of the policy file)"), "", ""),),
            ),
            Choice(
                N_("Take what a cosigner sent back"), ("cosign", "accept"), ((N_("File (.cosig)"), "", ""),)
            ),
            Choice(
                N_("Export the bundle"),
                ("bundle", "export"),
                ((N_("Folder or .zip to write"), "", "核验包.zip"),),
            ),
            Choice(
                N_("Build the public site"),
                ("site", "build"),
                ((N_("Folder of the site"), "", "公示网站"),),
            ),
            Choice(N_("Verify a bundle"), ("verify",), ((N_("Bundle (folder or .zip)"), "", ""),)),
            Choice(
                N_("The history as a page to look at"),
                ("replay", "timeline"),
                ((N_("Page to write (.html)"), "", "时间线.html"),),
            ),
            Choice(
                N_("Everything that touched one enterprise, officer, person or draw"),
                ("trail",),
                ((N_("Code, id or name"), "", ""), (N_("Page to write (.html)"), "--html", "轨迹.html")),
            ),
            Choice(
                N_("What in the ledger deserves a question"),
                ("audit",),
                (
                    (N_("Bundle (Enter: this ledger)"), "", ""),
                    (N_("Page to write (.html)"), "--html", "疑点筛查.html"),
                ),
            ),
            Choice(
                N_("Was the lot fair over the years"),
                ("fairness",),
                (
                    (N_("Bundle, or folder of bundles (Enter: this ledger)"), "", ""),
                    (N_("Page to write (.html)"), "--html", "公平性.html"),
                ),
            ),
            Choice(
                N_("Old draws of other platforms examined"),
                ("forensics",),
                (
                    (N_("List as it was (.xlsx, .csv)"), "", ""),
                    (N_("Result of the draw (.xlsx, .csv)"), "", ""),
                    (N_("Page to write (.html)"), "--html", "旧抽查鉴别.html"),
                ),
            ),
            Choice(
                N_("Copy the ledger to another disk (备份)"),
                ("backup",),
                ((N_("Folder (Enter: where the last copy is)"), "", ""),),
            ),
            Choice(N_("Look whether the ledger is damaged (体检)"), ("doctor",)),
            Choice(N_("Explain a rule"), ("rule", "show"), ((N_("Rule"), "", ""),)),
        ),
    ),
)

DAMAGED = (
    Choice(N_("Look what is damaged and what still stands (体检)"), ("doctor",)),
    Choice(
        N_("Bring what stands into a new file (修复)"),
        ("repair",),
        (
            (N_("New file"), "--to", "ledger-修复.db"),
            (N_("Copy (.backup) or bundle to take from (Enter: none)"), "--from", ""),
        ),
    ),
)
"""What is offered, and nothing else, where the ledger cannot be read."""


@dataclass
class Menu:
    """The menu of one ledger; `run` gives a command, as `cli.main` does."""

    desk: Desk
    run: Run
    sitting: Sitting | None = None
    _unreadable: bool = field(default=False, init=False)

    def open(self) -> None:
        """Ask and do until the person leaves. Without a ledger the first run founds one."""
        self.sitting = self.sitting or Sitting()
        if not self.desk.ledger.exists():
            if not first_run(self.desk, self._do, practice_only=False):
                return
        elif self.desk.holder:
            self.sitting.change(self.desk.holder)
        while self._once():
            pass

    def _once(self) -> bool:
        found = self._show()
        if found is None:
            return self._damaged()
        typed = self._ask(_("Number, or a command"))
        if typed is None or typed in ("0", "q"):
            return False
        sections = len(SECTIONS)
        if typed == "1":
            self._todo(found)
        elif typed.isdecimal() and 2 <= int(typed) < 2 + sections:
            self._section(*SECTIONS[int(typed) - 2])
        elif typed == str(2 + sections):
            self._practice()
        elif typed == str(3 + sections):
            self._change()
        elif typed:
            self._typed(typed)
        return True

    def _damaged(self) -> bool:
        """What to do with a ledger that cannot be read; whether to go on."""
        click.echo(_("The ledger cannot be read. Do not go on working with it: do these first."))
        for number, choice in enumerate(DAMAGED, 1):
            click.echo(f"  {number:2}. {_(choice.title)}")
        click.echo("   0. " + _("Leave"))
        typed = self._ask(_("Number, or a command"))
        if typed is None or typed in ("0", "q"):
            return False
        if typed.isdecimal() and 1 <= int(typed) <= len(DAMAGED):
            self._choose(DAMAGED[int(typed) - 1])
        elif typed:
            self._typed(typed)
        return True

    def _show(self) -> list[Todo] | None:
        """Show the menu; gives what is to be done, None for a ledger that cannot be read."""
        facts = self._facts()
        if facts is None and self._unreadable:
            return None
        found = todos(facts, self.desk.clock()[:10]) if facts else []
        ledger = facts.get(f.LEDGER, f.ONE) if facts else None
        name = ledger.office if ledger else str(self.desk.ledger)
        mark = _("[PRACTICE] ") if self.desk.practice else ""
        late = sum(one.late for one in found)
        holder = self._sitting.holder
        copy = reminder(self.desk) if facts else ""
        cosigned = standing_lines(self.desk.reading(), facts) if facts else []
        self.desk.close()
        click.echo("\n" + "=" * min(shutil.get_terminal_size((80, 24)).columns - 1, 78))
        click.echo(_("{mark}Liuhen · {office}").format(mark=mark, office=name))
        if holder and facts:
            click.echo(_("Here sits: {holder}").format(holder=holder_name_of(self.desk, holder)))
        for line in (*cosigned, *([copy] if copy else ())):
            click.echo(line)
        click.echo()
        told = _("To do today ({count}, {late} overdue)").format(count=len(found), late=late)
        titles = [
            told,
            *(_(title) for title, _choices in SECTIONS),
            _("Practice"),
            _("Somebody else sits down"),
        ]
        for number, title in enumerate(titles, 1):
            click.echo(f"  {number:2}. {title}")
        click.echo("   0. " + _("Leave"))
        return found

    @property
    def _sitting(self) -> Sitting:
        if self.sitting is None:
            self.sitting = Sitting()
        return self.sitting

    def _facts(self) -> f.Facts | None:
        """The facts now; None when the ledger cannot be read, which the commands then explain."""
        self._unreadable = False
        try:
            return self.desk.reading().facts()
        except LiuhenError as error:
            self._unreadable = error.exit is Exit.UNREADABLE and pointed(self.desk.ledger) is None
            click.echo("\n" + _(error.what).format(**error.params), err=True)
            return None

    @staticmethod
    def _ask(question: str, default: str = "") -> str | None:
        """What was typed; None at the end of the input."""
        try:
            return str(click.prompt(question, default=default, show_default=bool(default))).strip()
        except click.Abort:
            return None

    def _do(self, words: Sequence[str], *, given: bool = True) -> int:
        """Give one command with this desk's options, then close the keys of those who do not sit here."""
        desk, sitting = self.desk, self._sitting
        if sitting.begin():
            click.echo(
                _("Nobody did anything for {n} minutes: the keys are closed.").format(n=int(IDLE / 60))
            )
        options = ["-L", str(desk.ledger)]
        for folder in desk.key_folders:
            options += ["-K", str(folder)]
        if desk.passphrase_file is not None:
            options += ["--passphrase-file", str(desk.passphrase_file)]
        if desk.clock_is_right:
            options += ["--clock-is-right"]
        if given:
            click.echo("> liuhen " + shlex.join(words))
        code = self.run([*options, *words], sitting)
        sitting.end()
        return code

    def _typed(self, text: str) -> None:
        try:
            words = shlex.split(text)
        except ValueError:
            words = text.split()
        words = words[1:] if words and words[0] == "liuhen" else words
        if words and not words[0].startswith("-") and noun_named(words[0]) not in NOUNS:
            click.echo(_("There is no such number or command: {text}").format(text=text))
        elif words:
            self._do(words, given=False)

    def _section(self, title: str, choices: Sequence[Choice]) -> None:
        click.echo("\n" + _(title))
        for number, choice in enumerate(choices, 1):
            click.echo(f"  {number:2}. {_(choice.title)}")
        click.echo("   0. " + _("Back"))
        typed = self._ask(_("Number"))
        if not typed or not typed.isdecimal() or not 1 <= int(typed) <= len(choices):
            return
        self._choose(choices[int(typed) - 1])

    def _choose(self, chosen: Choice) -> None:
        words = list(chosen.words)
        for question, option, default in chosen.blanks:
            answer = self._ask(_(question), default)
            if answer is None:
                return
            if answer:
                words += [option, answer] if option else [answer]
        self._do(words)

    def _todo(self, found: Sequence[Todo]) -> None:
        facts = self._facts()
        if facts is None:
            return
        for number, one in enumerate(found, 1):
            for line in todo_lines(facts, number, one):
                click.echo(line)
        self.desk.close()
        if not found:
            click.echo(_("Nothing is to be done today."))
            return
        typed = self._ask(_("Which one? Number, Enter goes back"))
        if typed and typed.isdecimal() and 1 <= int(typed) <= len(found):
            words = self._filled(found[int(typed) - 1])
            if words:
                self._do(words)

    def _filled(self, one: Todo) -> list[str]:
        """The command of a thing to do, its blanks asked for; empty when the person gives up."""
        sitter = self._sitting.holder
        words = [] if not one.who or sitter in one.who else ["--as", one.who[0]]
        for word in shlex.split(one.step):
            if word in BLANKS:
                answer = self._ask(_("{blank} =").format(blank=word), word if Path(word).exists() else "")
                if not answer:
                    return []
                word = answer
            words.append(word)
        return words

    def _change(self) -> None:
        """换人."""
        infos = {info.holder: info for info in self.desk.key_infos()}
        self.desk.close()
        for number, info in enumerate(infos.values(), 1):
            click.echo(f"  {number:2}. {holder_name_of(self.desk, info.holder)} {roles_named(info.roles)}")
        typed = self._ask(_("Who sits down? Number"))
        if typed and typed.isdecimal() and 1 <= int(typed) <= len(infos):
            self._sitting.change(list(infos)[int(typed) - 1])
            click.echo(_("All keys are closed; the next command asks the passphrase."))

    def _practice(self) -> None:
        """A menu of the practice ledger, founded when there is none yet."""
        practice = is_practice(self.desk.reading().origin)
        self.desk.close()
        if practice:
            click.echo(_("This is the practice ledger."))
            return
        there = replace(self.desk, ledger=PRACTICE / "ledger.db", key_folders=(), holder="")
        inner = Menu(there, self.run)
        if not there.ledger.exists():
            PRACTICE.mkdir(exist_ok=True)
            if not first_run(there, inner._do, practice_only=True):
                return
        inner.open()


def holder_name_of(desk: Desk, holder: str) -> str:
    """`name (id)` of a holder, with the ledger opened and closed again."""
    try:
        return holder_name(desk.reading().facts(), holder)
    finally:
        desk.close()
