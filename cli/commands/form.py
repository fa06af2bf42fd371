"""`liuhen form`: the forms that are printed, each filled from the ledger; their Word templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.drawing.printing import note_printing, printing_options
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.inspecting import library
from cli.inspecting.receipted import FOLDER, Receipts
from cli.papers import own_template, period_typed, put, templates
from cli.planning.named import the_plan
from cli.table import table
from cli.typed import quoted
from ledger import replacing
from ledger.commands import find
from ledger.forms.catalogue import FORMS, form_bytes, template_bytes
from ledger.forms.form import Ask, Form, Wanted
from ledger.forms.source import Source
from verifier.facts import Facts
from verifier.figures import Period

_OPTIONS = {
    Ask.PLAN: "--plan",
    Ask.DRAW: "--draw",
    Ask.SUBJECT: "--subject",
    Ask.OFFICER: "--officer",
    Ask.YEAR: "--year",
    Ask.HALF: "--half",
    Ask.PERIOD: "--from --until",
    Ask.AREA: "--area",
    Ask.PRIVATE: "--private",
}
_STATES = ("imported", "submitted", "approved", "rejected", "published")


@click.group(help=_("Printed forms (打印表格): list them, print one, take its Word template."))
def command() -> None: ...


for _part in (library.publish, library.show):
    command.add_command(_part)


@command.command(
    "list",
    help=_("List the forms: what each is, where it comes from, what it asks.") + example("liuhen form list"),
)
@pass_desk
def list_(desk: Desk) -> None:
    forms = list(FORMS.values())
    lines = table(
        (_("Form"), _("Title"), _("From"), _("File"), _("Options")),
        [
            (
                form.id,
                form.title if language_in_use() != "en" else f"{form.title} ({_(form.name)})",
                form.source,
                form.suffix,
                " ".join(_OPTIONS[ask] for ask in form.asks),
            )
            for form in forms
        ],
    )
    data = [
        {
            "form": form.id,
            "title": form.title,
            "source": form.source,
            "file": form.suffix,
            "asks": [ask.value for ask in form.asks],
        }
        for form in forms
    ]
    desk.answer(*lines, next_step=f"liuhen form print {forms[0].id}", data={"forms": data})


@dataclass(frozen=True)
class _Typed:
    """What was typed after `form print FORM`."""

    plan: str
    draw: str
    subjects: tuple[str, ...]
    officer: str
    year: int | None
    half: int | None
    first: str
    last: str
    area: str
    private: bool

    @property
    def period(self) -> str:
        return self.first + self.last

    def given(self) -> set[Ask]:
        return {ask for ask in Ask if getattr(self, ask.value)}


@command.command(
    "print",
    help=_(
        "Print a form, named by id or title, as .xlsx or .docx. Everything in it is taken from the ledger; "
        "what is for ink stays empty. A template of the office in the folder 表格模板 beside the ledger is "
        "used where there is one. A 检查通知书 or 检查告知书 carries the QR code of its subject's receipt, "
        "under the head that was published last; the receipts are put into the folder 抽取凭证 beside it."
    )
    + example(
        "liuhen form print plan",
        "liuhen form print visit --draw t1-d1 --subject 91640221MA00000000",
        "liuhen form print notice --receipt",
        "liuhen form print monthly --from 2026-03-01 --until 2026-03-23",
    ),
)
@click.argument("form")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--plan", default="", help=_("Plan (default: the only one)"))
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option(
    "--subject", "subjects", multiple=True, help=_("Drawn subject, code or name (default: every one)")
)
@click.option("--officer", default="", help=_("Officer who leaves, id or name"))
@click.option("--year", type=click.IntRange(2000, 2100), help=_("Year (default: this year)"))
@click.option("--half", type=click.IntRange(1, 2), help=_("Half-year (default: the whole year)"))
@click.option("--from", "first", default="", metavar="DATE", help=_("First day of the figures"))
@click.option(
    "--until",
    "last",
    default="",
    metavar="DATE",
    help=_("Last day of the figures (default of both: the month, half or year of the form)"),
)
@click.option("--area", default="", help=_("Name of the county (default: that in the office's name)"))
@click.option("--private", is_flag=True, help=_("With the private columns; keep the file safe"))
@click.option("--template", type=click.Path(path_type=Path), help=_("Template of the office to use"))
@click.option(
    "--receipt/--no-receipt",
    default=None,
    help=_("Sign the head for the receipts if none was published yet; or print none"),
)
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@printing_options
@pass_desk
def print_(
    desk: Desk,
    /,
    form: str,
    file: Path | None,
    template: Path | None,
    receipt: bool | None,
    yes: bool,
    copies: int | None,
    purpose: str,
    **typed: object,
) -> None:
    chosen = form_named(form)
    asked = _Typed(**typed)  # type: ignore[arg-type]
    strange = asked.given() - set(chosen.asks)
    if strange:
        raise click.UsageError(
            _("Form {form} does not take {options}.").format(
                form=chosen.id, options=", ".join(_OPTIONS[ask] for ask in sorted(strange))
            )
        )
    if template is not None and chosen.template is None:
        template_bytes(chosen)
    if receipt and not chosen.receipts:
        raise click.UsageError(_("Form {form} carries no receipts.").format(form=chosen.id))
    source = Source.of(desk.reading(), desk.clock()[:10])
    own = template or own_template(desk, chosen)
    wanted = _wanted(desk, source, chosen, asked, own)
    path = file or Path(_file_name(chosen, wanted))
    gives = Receipts(desk, wanted.draw, path.absolute().parent / FOLDER, sign=bool(receipt))
    made = gives.of(wanted.subjects) if chosen.receipts and receipt is not False else {}
    wanted = replace(wanted, claims={subject: one.claim().encode() for subject, one in made.items()})
    content = form_bytes(chosen, source, wanted, own)
    replacing.check(path)
    noted = note_printing(desk, _draws_in(source.facts, chosen, wanted), copies, purpose)
    if noted.entries:
        source = Source.of(desk.reading(), desk.clock()[:10])
        content = form_bytes(chosen, source, wanted, own)
    put(desk, path, content, yes=yes)
    lines = [_("Printed: {title}, {file}").format(title=chosen.title, file=path)]
    if chosen.receipts and receipt is not False:
        gives.write(made)
        lines += gives.told(made)
    if own:
        lines.append(_("Template of the office: {file}").format(file=own))
    desk.answer(
        *lines,
        _("Open it in Excel, Word or WPS and print it; seals and signatures are ink."),
        next_step="liuhen form list",
        data={"form": chosen.id, "file": str(path), "head": source.head, "ledger": source.ledger.id.hex()},
        written=noted,
    )


def _draws_in(facts: Facts, form: Form, wanted: Wanted) -> list[str]:
    """The draws whose drawn subjects or officers a form may name."""
    if Ask.DRAW not in form.asks:
        return []
    return [wanted.draw] if wanted.draw else [n for n, d in find.draws(facts) if d.state in find.DONE]


@command.command(
    "template",
    help=_(
        "Take the template of a form: of a letter to be edited in Word, of a statistic (TOML: title, rows, "
        "columns) in any editor; without FILE into the folder 表格模板 beside the ledger, where printing "
        "finds it. Delete the file to go back to the template of the program."
    )
    + example(
        "liuhen form template notice",
        "liuhen form template visit 记录表模板.docx",
        "liuhen form template progress",
    ),
)
@click.argument("form")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def template_(desk: Desk, form: str, file: Path | None, yes: bool) -> None:
    chosen = form_named(form)
    content = template_bytes(chosen)
    path = file or templates(desk) / chosen.template_name
    if file is None:
        path.parent.mkdir(exist_ok=True)
    put(desk, path, content, yes=yes)
    step = f"liuhen form print {chosen.id}"
    desk.answer(
        _("Written: {file}").format(file=path),
        _("Edit it as text: title, rows, and columns by the names of figures (liuhen stats).")
        if chosen.tabulate
        else _(
            "Edit it in Word or WPS. What stands in braces is filled in when it is printed; leave it whole."
        ),
        next_step=step if file is None else f"{step} --template {quoted(path)}",
        data={"form": chosen.id, "file": str(path)},
    )


def form_named(text: str) -> Form:
    """A form by id, title or a part of its title. Raises E-NAME-UNKNOWN, E-NAME-SEVERAL."""
    return FORMS[find.one_named(text, ((form.id, form.title) for form in FORMS.values()), "liuhen form list")]


def _wanted(desk: Desk, source: Source, form: Form, typed: _Typed, own: Path | None) -> Wanted:
    """What was typed, with what it leaves out where only one thing can be meant."""
    facts = source.facts
    asks = form.asks
    draw = typed.draw
    if Ask.DRAW in asks and (draw or Ask.YEAR not in asks):
        draw = find.completed_draw(facts, draw)
    return Wanted(
        plan=_plan(desk, typed.plan) if Ask.PLAN in asks else "",
        draw=draw,
        subjects=tuple(find.drawn_subject(facts, draw, text) for text in typed.subjects),
        officer=_officer(facts, typed.officer),
        year=(typed.year or int(source.day[:4])) if Ask.YEAR in asks else 0,
        half=typed.half or 0,
        period=_period(source, form, typed, own),
        area=typed.area,
        private=typed.private,
    )


def _period(source: Source, form: Form, typed: _Typed, own: Path | None) -> Period | None:
    if Ask.PERIOD not in form.asks:
        return None
    return period_typed(form, own, typed.first, typed.last, source.day)


def _plan(desk: Desk, name: str) -> str:
    return the_plan(desk, name, *_STATES)


def _officer(facts: Facts, text: str) -> str:
    return find.officer(facts, text) if text else ""


def _file_name(form: Form, wanted: Wanted) -> str:
    of = wanted.of().replace("/", "-")
    return f"{form.title}-{of}{form.suffix}" if of else form.file_name
