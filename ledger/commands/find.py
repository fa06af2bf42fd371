"""Finding what a person names: a draw left out, a subject or officer by a part of its name.

Only looks; what is found may still be refused by the law.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.commands.draws import draw_of
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.joined import fills_of, origin
from verifier.law.keys import in_force

DONE = ("executed", "recorded")
_SHOWN = 5


def one_named(text: str, named: Iterable[tuple[str, str]], see: str) -> str:
    """The id that `text` names among (id, name): an id, without regard to case, a whole name, or a part of
    a name that only one has. `see` is the command that lists them.

    Raises E-NAME-UNKNOWN, E-NAME-SEVERAL (exit 9).
    """
    known = list(named)
    exact = [name for name, words in known if text.lower() == name.lower() or text == words]
    found = exact or [name for name, words in known if text and text in words]
    if len(found) == 1:
        return found[0]
    if not found:
        raise LiuhenError(
            "E-NAME-UNKNOWN",
            N_("Nothing here is called {text}."),
            remedy=N_("Look it up: {see}"),
            exit=Exit.REFUSED,
            text=text,
            see=see,
        )
    words_of = dict(known)
    raise LiuhenError(
        "E-NAME-SEVERAL",
        N_("{text} fits {count}: {found}."),
        remedy=N_("Give the code, or more of the name."),
        exit=Exit.REFUSED,
        text=text,
        count=len(found),
        found="; ".join(f"{words_of[name]} ({name})" for name in found[:_SHOWN])
        + (" …" if len(found) > _SHOWN else ""),
    )


def names_at_freeze(facts: f.Facts, draw: str) -> dict[str, str]:
    """Names of the pool of a draw as of its freeze, by subject."""
    frozen = facts.get(f.FROZEN, draw)
    return {subject: name for _, subject, name in frozen.pool} if frozen else {}


def teams_by_rank(facts: f.Facts, draw: str, subjects: Iterable[str] | None = None) -> list[f.Team]:
    """Drawn subjects with their teams, by stratum in frozen order, then rank; where `subjects` are given,
    these alone."""
    held = draw_of(facts, draw)
    place = {s["id"]: index for index, s in enumerate(held.question["strata"])}
    if subjects is None:
        teams = [team for _, team in facts.rows(f.TEAMS, f"{draw}/")]
    else:
        teams = [*facts.known(f.TEAMS, (f"{draw}/{subject}" for subject in subjects)).values()]
    return sorted(teams, key=lambda team: (place[team.stratum], team.rank))


def drawn_subject(facts: f.Facts, draw: str, text: str) -> str:
    """A drawn subject of a draw, by code or name as of the freeze."""
    names = names_at_freeze(facts, draw)
    drawn = [(team.subject, names.get(team.subject, "")) for team in teams_by_rank(facts, draw)]
    return one_named(text, drawn, f"liuhen draw show {draw}")


def officer(facts: f.Facts, text: str) -> str:
    """An officer of the register by id or name."""
    rows = facts.rows(f.register("officers"))
    return one_named(text, ((name, row.record["name"]) for name, row in rows), "liuhen officer list")


def officer_name(facts: f.Facts, name: str) -> str:
    """The printed name of an officer; the id of one who left the register."""
    row = facts.get(f.register("officers"), name)
    return str(row.record["name"]) if row else name


def item(facts: f.Facts, text: str) -> str:
    """An item of the list, or one declared unsuitable for random inspection, by id or text."""
    tables = (f.register("items"), f.register("unsuitable"))
    named = ((name, row.record["text"][0]) for table in tables for name, row in facts.rows(table))
    return one_named(text, named, "liuhen item list")


def subject(facts: f.Facts, text: str) -> str:
    """A subject of the register by code, or by its name or a part of it."""
    if facts.get(f.register("subjects"), text.upper()) is not None:
        return text.upper()
    rows = facts.rows(f.register("subjects"))
    return one_named(text, ((name, row.record["name"]) for name, row in rows), "liuhen subject list")


def anybody(facts: f.Facts, text: str) -> str:
    """The id that was meant: itself, or of the one subject, officer or holder of this name, in this order;
    what nobody is called is given back. Raises E-NAME-SEVERAL."""
    named = [
        [(key, str(row.record.get("name", ""))) for key, row in facts.rows(f.register("subjects"))],
        [(key, str(row.record.get("name", ""))) for key, row in facts.rows(f.register("officers"))],
        [(key, row.name) for key, row in facts.rows(f.HOLDERS)],
    ]
    if any(text == key for pairs in named for key, _name in pairs):
        return text
    whole = [pairs for pairs in named if any(text == name for _key, name in pairs)]
    among = whole[0] if whole else [one for pairs in named for one in pairs]
    try:
        return one_named(text, among, "liuhen subject list")
    except LiuhenError as error:
        if error.code == "E-NAME-SEVERAL":
            raise
        return text


def nobody(text: str) -> LiuhenError:
    """That no entry names what was asked about."""
    return LiuhenError(
        "E-TRAIL-NONE",
        N_("Nothing in this ledger names {name}."),
        remedy=N_(
            "Give a code, an id or a whole name; see the lists: liuhen subject list, liuhen officer list"
        ),
        exit=Exit.USAGE,
        name=text,
    )


def subject_name(facts: f.Facts, name: str) -> str:
    """The printed name of a subject; the code of one that left the register."""
    row = facts.get(f.register("subjects"), name)
    return str(row.record["name"]) if row else name


def draws(facts: f.Facts) -> list[tuple[str, f.Draw]]:
    """All draws, oldest first."""
    return sorted(facts.rows(f.DRAWS), key=lambda pair: pair[1].seq)


def open_draw(facts: f.Facts, name: str = "") -> str:
    """The draw named, else the only open one. Raises E-DRAW-UNKNOWN, E-DRAW-NONE, E-DRAW-SEVERAL."""
    if name:
        draw_of(facts, name)
        return name
    return _only(
        [name for name, draw in draws(facts) if draw.state == "frozen"],
        N_("No draw is open."),
        N_("See the draws: liuhen draw list; begin one: liuhen draw freeze"),
    )


def completed_draw(facts: f.Facts, name: str = "") -> str:
    """The draw named, which must be completed, else the only completed one. Raises as `open_draw`, and
    E-DRAW-OPEN."""
    if not name:
        return _only(
            [name for name, draw in draws(facts) if draw.state in DONE and fills_of(facts, name) is None],
            N_("No draw is completed."),
            N_("See how far it is: liuhen draw show"),
        )
    if draw_of(facts, name).state in DONE:
        return name
    raise LiuhenError(
        "E-DRAW-OPEN",
        N_("Draw {draw} is not completed."),
        remedy=N_("See how far it is: liuhen draw show {draw}"),
        exit=Exit.REFUSED,
        draw=name,
    )


def visits_draw(facts: f.Facts, name: str = "") -> str:
    """The draw whose visits are recorded: of a 补抽 the one that it fills. Found as `completed_draw`."""
    return origin(facts, completed_draw(facts, name))


def draw_of_subject(facts: f.Facts, text: str, *, pool: bool = False) -> str:
    """The only completed draw that drew the subject so called, with `pool` that had it in its pool; "" where
    none or several did, so that who asks has to say which."""
    held = []
    for name, draw in draws(facts):
        if draw.state in DONE and fills_of(facts, name) is None:
            names = names_at_freeze(facts, name)
            among = names if pool else [team.subject for team in teams_by_rank(facts, name)]
            if any(text.lower() == one.lower() or text in names.get(one, "") for one in among):
                held.append(name)
    return held[0] if len(held) == 1 else ""


def any_draw(facts: f.Facts, name: str = "") -> str:
    """The draw named, else the only open one, else the newest. Raises E-DRAW-UNKNOWN, E-DRAW-NONE."""
    held = draws(facts)
    still_open = [name for name, draw in held if draw.state == "frozen"]
    if name or len(still_open) == 1 or not held:
        return open_draw(facts, name)
    return held[-1][0]


def _only(names: Sequence[str], none: str, remedy: str) -> str:
    if not names:
        raise LiuhenError("E-DRAW-NONE", none, remedy=remedy, exit=Exit.REFUSED)
    if len(names) > 1:
        raise LiuhenError(
            "E-DRAW-SEVERAL",
            N_("There are several draws: {draws}."),
            remedy=N_("Say which one by its id, such as {first}: with --draw, or after the command."),
            exit=Exit.REFUSED,
            first=names[0],
            draws=", ".join(names),
        )
    return names[0]


def task_to_draw(facts: f.Facts, name: str = "") -> str:
    """The task named, else the only approved one that has no draw yet. Raises E-TASK-NONE, E-TASK-SEVERAL."""
    if name:
        return name
    left = [task for task, held in facts.rows(f.TASKS) if not held.completed and not held.open_draw]
    if len(left) == 1:
        return left[0]
    raise LiuhenError(
        "E-TASK-SEVERAL" if left else "E-TASK-NONE",
        N_("Tasks that can be drawn: {tasks}.") if left else N_("No approved task waits for its draw."),
        remedy=N_("Say which one: --task TASK; see them: liuhen task list"),
        exit=Exit.REFUSED,
        tasks=", ".join(left),
    )


def fresh_draw_id(facts: f.Facts, task: str) -> str:
    """`<task>-d1`, `-d2`, …: the first never used."""
    number = 1
    while facts.get(f.SPENT, f"draw/{task[:58]}-d{number}".lower()) is not None:
        number += 1
    return f"{task[:58]}-d{number}"


def holders_with(facts: f.Facts, roles: Iterable[str]) -> list[str]:
    """Holders who have a key in force with one of the roles, by id."""
    head = facts.get(f.HEAD, f.ONE)
    size = head.size if head else 0
    wanted = set(roles)
    return sorted({k.holder for _, k in facts.rows(f.KEYS) if in_force(k, size) and wanted & set(k.roles)})


def confirmers(facts: f.Facts, leaf: bytes) -> list[str]:
    """Holders who may confirm an act that waits, approvers first; empty when none waits under this leaf
    hash."""
    act = facts.get(f.PENDING, leaf.hex())
    if act is None or act.done:
        return []
    approvers = holders_with(facts, ["approver"])
    fitting = [holder for holder in holders_with(facts, act.confirmers) if holder != act.holder]
    return sorted(fitting, key=lambda holder: holder not in approvers)


def waiting_for(facts: f.Facts, kind: str) -> list[tuple[str, f.Pending]]:
    """Acts of a type that wait for confirmation, oldest first, by leaf hash in hex."""
    return [(leaf, act) for leaf, act in waiting(facts) if act.type == kind]


def waiting(facts: f.Facts) -> tuple[tuple[str, f.Pending], ...]:
    """The same of every type. Those that were confirmed stay in the table: it is read once."""

    def work() -> tuple[tuple[str, f.Pending], ...]:
        held = ((leaf, act) for leaf, act in facts.rows(f.PENDING) if not act.done)
        return tuple(sorted(held, key=lambda pair: pair[1].seq))

    return facts.once(("acts that wait",), work)
