"""`liuhen policy`: the office's 实施细则 as data (minimum rate, seats, deadlines, approvals)."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.onward import onward
from cli.planning.review import as_data, told
from cli.table import table
from cli.typed import confirming, quoted
from ledger import policy as policies
from ledger.commands import find, plans
from ledger.durable import DOCUMENT, write_whole
from ledger.policy import PolicyFile
from ledger.policy_words import explain
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.lint.policy import Rules, check_rules, conflicts
from verifier.lint.remark import MUST
from verifier.vocabulary import Role


@click.group(help=_("The office's 实施细则 as data: adopt, check, show, list."))
def command() -> None: ...


def _read(source: str) -> PolicyFile:
    """A ready policy by its name, or the file of this path."""
    if source in policies.profiles() and not Path(source).exists():
        return policies.profile(source)
    return policies.read_policy(Path(source))


def _added(read: PolicyFile, names: tuple[str, ...]) -> PolicyFile:
    for name in names:
        read = policies.with_addition(read, name)
    return read


def _rules(read: PolicyFile) -> Rules:
    return Rules(f"{read.title}（{read.document}）", dict(read.values), dict(read.clauses))


def _refuse_conflicts(read: PolicyFile, others: list[PolicyFile]) -> None:
    """Raises E-POLICY-CONFLICT, with both sources, for rules of two departments that exclude each other."""
    found = [remark for other in others for remark in conflicts(_rules(read), _rules(other))]
    if found:
        english = language_in_use() == "en"
        raise LiuhenError(
            "E-POLICY-CONFLICT",
            N_("Rules of two departments contradict each other: {conflicts}"),
            remedy=N_("Settle with the other department which holds, and write it into a copy: {step}"),
            exit=Exit.REFUSED,
            conflicts=" ".join(f"{r.en if english else r.zh}（{r.source}）" for r in found),
            step="liuhen policy show s0 --save FILE",
        )


def _words(values: dict[str, object], clauses: dict[str, str]) -> list[str]:
    place = 1 if language_in_use() == "en" else 0
    told = explain(values, clauses)
    return [f"{number}. {sentence[place]}" for number, sentence in enumerate(told, 1)]


@command.command(
    "adopt",
    help=_(
        "Adopt the office's rules as data. SOURCE is a ready set ({names}) or a .toml file of your own; it "
        "takes effect when an approver confirms. To change a copy of a ready one: "
        "liuhen policy show s0 --save FILE"
    ).format(names=", ".join(policies.profiles()))
    + example(
        "liuhen policy adopt s0 --file 实施细则.pdf", "liuhen policy adopt 细则.toml --file 实施细则.pdf"
    ),
)
@click.argument("source")
@click.option(
    "--file",
    "document",
    type=click.Path(path_type=Path),
    required=True,
    help=_("The 实施细则 itself as issued (PDF, Word, scan); its hash is recorded"),
)
@click.option(
    "--add",
    "added",
    multiple=True,
    help=_("Add rules of a higher body: {names}").format(names=", ".join(policies.additions())),
)
@click.option(
    "--with",
    "partners",
    multiple=True,
    metavar="SOURCE",
    help=_("The rules of a department that inspects with us; conflicting ones are refused"),
)
@click.option("--id", "name", default="", help=_("Id of the policy (default: as in SOURCE)"))
@click.option("--title", default="", help=_("Title (default: as in SOURCE)"))
@click.option(
    "--number", default="", help=_("Document number, such as 平发改〔2023〕1号 (default: as in SOURCE)")
)
@pass_desk
def adopt(
    desk: Desk,
    source: str,
    document: Path,
    added: tuple[str, ...],
    partners: tuple[str, ...],
    name: str,
    title: str,
    number: str,
) -> None:
    read = _added(_read(source), added)
    _refuse_conflicts(read, [_read(partner) for partner in partners])
    hashed = file_hash(document)
    name, title, number = name or read.policy, title or read.title, number or read.document
    written = plans.adopt_policy(
        desk.book,
        desk.signer(Role.CLERK),
        name,
        title=title,
        document=number,
        file=hashed,
        values=read.values,
        clauses=read.clauses,
    )
    desk.answer(
        _("Proposed: {title}, {document} ({id}). In force when an approver confirms.").format(
            title=title, document=number, id=name
        ),
        *_words(dict(read.values), dict(read.clauses)),
        next_step=confirming(desk.facts, written.leaf) or onward(desk),
        data={"policy": name, "title": title, "document": number, "file": hashed.hex(), "in_force": False},
        written=written,
    )


@command.command(
    "show",
    help=_("Explain a policy in words: the one in force, one adopted earlier, a ready one or a .toml file.")
    + example("liuhen policy show", "liuhen policy show s0", "liuhen policy show s0 --save 细则.toml"),
)
@click.argument("name", default="")
@click.option(
    "--save", type=click.Path(path_type=Path), help=_("Write a ready policy to this file, to be changed")
)
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def show(desk: Desk, name: str, save: Path | None, yes: bool) -> None:
    if save is not None:
        _save(desk, name, save, yes)
        return
    held = _adopted(desk, name)
    if held is None:
        read = _read(name)
        desk.answer(
            _("{title}, {document} ({state})").format(
                title=read.title, document=read.document, state=_("ready, not adopted")
            ),
            *_words(dict(read.values), dict(read.clauses)),
            next_step=f"liuhen policy adopt {name} --file " + _("RULES.pdf"),
            data={"policy": read.policy, "values": dict(read.values), "clauses": dict(read.clauses)},
        )
        return
    found, policy, state = held
    desk.answer(
        _("{title}, {document} ({state})").format(
            title=policy.title, document=policy.document, state=f"{found}, {state}"
        ),
        *_words(policy.values, policy.clauses),
        _("Hash of the document: {hash}").format(hash=policy.file.hex()),
        next_step=onward(desk),
        data={
            "policy": found,
            "title": policy.title,
            "document": policy.document,
            "file": policy.file.hex(),
            "values": policy.values,
            "clauses": policy.clauses,
        },
    )


@command.command(
    "check",
    help=_(
        "Explain a policy and find what contradicts itself in it, with the clauses; SOURCE is a ready set, a "
        ".toml file or (without SOURCE) the policy in force. With several, also what contradicts between "
        "departments that inspect together: that is refused, with both sources named."
    )
    + example(
        "liuhen policy check s1",
        "liuhen policy check 细则.toml s0",
        "liuhen policy check s0 --add strict-2024",
    ),
)
@click.argument("sources", nargs=-1)
@click.option(
    "--add",
    "added",
    multiple=True,
    help=_("Add rules of a higher body: {names}").format(names=", ".join(policies.additions())),
)
@pass_desk
def check(desk: Desk, sources: tuple[str, ...], added: tuple[str, ...]) -> int:
    read = _added(_in_force(desk, sources[0] if sources else ""), added)
    _refuse_conflicts(read, [_read(other) for other in sources[1:]])
    remarks = check_rules(_rules(read))
    ready = f"liuhen policy adopt {sources[0]} --file " + _("RULES.pdf") if sources else onward(desk)
    desk.answer(
        f"{read.title}，{read.document}",
        *_words(dict(read.values), dict(read.clauses)),
        _("{count} remarks:").format(count=len(remarks)) if remarks else _("Nothing contradicts itself."),
        *told(remarks),
        next_step=ready,
        data={"policy": read.policy, "remarks": as_data(remarks)},
    )
    return int(Exit.FAIL) if any(remark.level == MUST for remark in remarks) else int(Exit.PASS)


def _in_force(desk: Desk, name: str) -> PolicyFile:
    """The policy named, adopted or not; without a name the one in force."""
    held = _adopted(desk, name)
    if held is None:
        return _read(name)
    found, policy, _state = held
    return PolicyFile(found, policy.title, policy.document, policy.values, policy.clauses)


def _save(desk: Desk, name: str, path: Path, yes: bool) -> None:
    if name not in policies.profiles():
        raise click.UsageError(
            _("Only a ready policy can be saved: {names}").format(names=", ".join(policies.profiles()))
        )
    desk.may_replace(path, yes=yes)
    write_whole(path, (resources.files("ledger.profiles") / f"{name}.toml").read_bytes(), DOCUMENT)
    desk.answer(
        _("Written: {file}. Change in it what your 细则 says differently.").format(file=path),
        next_step=f"liuhen policy adopt {quoted(path)} --file " + _("RULES.pdf"),
        data={"file": str(path)},
    )


def _adopted(desk: Desk, name: str) -> tuple[str, f.Policy, str] | None:
    """The policy named, else the one in force; None when the name is of a ready one or a file.

    Raises E-POLICY-NONE when none is in force."""
    if name and not desk.ledger.exists():
        return None
    facts = desk.reading().facts()
    ledger = facts.get(f.LEDGER, f.ONE)
    current = ledger.policy if ledger else ""
    wanted = name or current
    held = facts.get(f.POLICIES, wanted) if wanted else None
    if held is not None:
        return wanted, held, _("in force") if wanted == current else _("no longer in force")
    if name:
        return None
    waiting = find.waiting_for(facts, "policy.adopted")
    raise LiuhenError(
        "E-POLICY-NONE",
        N_("A policy waits for its approver.") if waiting else N_("No policy is in force yet."),
        remedy=N_("Next: {step}"),
        exit=Exit.REFUSED,
        step=onward(desk),
    )


@command.command(
    "list",
    help=_("List the policies: in force, earlier, waiting, and the ready ones.")
    + example("liuhen policy list"),
)
@pass_desk
def list_(desk: Desk) -> None:
    facts = desk.reading().facts()
    ledger = facts.get(f.LEDGER, f.ONE)
    current = ledger.policy if ledger else ""
    rows = [
        (name, policy.title, policy.document, _("in force") if name == current else _("no longer in force"))
        for name, policy in sorted(facts.rows(f.POLICIES), key=lambda pair: pair[1].seq)
    ]
    rows += [
        (act.data["policy"], act.data["title"], act.data["document"], _("waits for confirmation"))
        for _leaf, act in find.waiting_for(facts, "policy.adopted")
    ]
    for name in policies.profiles():
        read = policies.profile(name)
        rows.append((name, read.title, read.document, _("ready, not adopted")))
    desk.answer(
        *table([_("Policy"), _("Title"), _("Document"), _("State")], rows, widest=48),
        next_step=onward(desk),
        data={
            "in_force": current,
            "policies": [{"policy": r[0], "title": r[1], "state": r[3]} for r in rows],
        },
    )
