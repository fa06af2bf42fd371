"""`liuhen tags`: the tag dictionary (标签字库, R036), made at province level before local tagging."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, file_hash, pass_desk, read_file
from cli.examples import example
from cli.i18n import _
from cli.onward import onward
from cli.table import table
from ledger.commands import registers
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.vocabulary import Role


def tags_of(path: Path) -> list[str]:
    """The tags of a text file, one a line, each once. Raises E-TAGS-FILE."""
    data = read_file(path)
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        lines = data.decode("gb18030", "replace").splitlines()
    tags = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not tags or any("\N{REPLACEMENT CHARACTER}" in tag or len(tag) > 100 for tag in tags):
        raise LiuhenError(
            "E-TAGS-FILE",
            N_("This is no list of tags: one tag a line, of at most 100 characters."),
            where=str(path),
            remedy=N_("Save it as a text file (UTF-8), one tag a line."),
            exit=Exit.UNREADABLE,
        )
    return tags


@click.group(help=_("The tag dictionary (标签字库): adopt a version, list."))
def command() -> None: ...


@command.command(
    "adopt",
    help=_(
        "Adopt a version of the tag dictionary: a text file, one tag a line. From then on an import with "
        "another tag is refused."
    )
    + example("liuhen tags adopt 标签字库.txt --version 2026-1 --title 省级标签字库"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--version", required=True, help=_("Version: letters, digits, hyphens"))
@click.option("--title", default="标签字库", help=_("Title"))
@pass_desk
def adopt(desk: Desk, file: Path, version: str, title: str) -> None:
    tags = tags_of(file)
    used = {t for _n, row in desk.facts.rows(f.register("subjects")) for t in row.record.get("tags", ())}
    written = registers.adopt_tags(desk.book, desk.signer(Role.CLERK), version, title, tags, file_hash(file))
    lines = [
        _("Adopted {title} {version}: {count} tags.").format(title=title, version=version, count=len(tags))
    ]
    if strange := sorted(used - set(tags)):
        told = _("Note: in use and not in the dictionary: {tags}")
        lines.append(told.format(tags="、".join(strange[:20])))
    desk.answer(
        *lines,
        next_step=onward(desk),
        data={"version": version, "title": title, "tags": tags, "unknown_in_use": strange},
        written=written,
    )


@command.command(
    "list", help=_("List the tags in force and how many subjects have each.") + example("liuhen tags list")
)
@pass_desk
def list_(desk: Desk) -> None:
    facts = desk.reading().facts()
    dictionary = facts.get(f.DICTIONARIES, f.ONE)
    counts: dict[str, int] = dict.fromkeys(dictionary.tags if dictionary else (), 0)
    for _name, row in facts.rows(f.register("subjects")):
        for tag in row.record.get("tags", ()):
            counts[tag] = counts.get(tag, 0) + 1
    title = dictionary.title if dictionary else _("No dictionary is adopted; the tags in use:")
    desk.answer(
        title,
        *table([_("Tag"), _("Subjects")], sorted(counts.items()), right=(1,)),
        next_step=onward(desk),
        data={"dictionary": dictionary.title if dictionary else "", "tags": counts},
    )
