"""The draw in one room: the parties present type one passphrase each, and everything follows.

Whatever was done before is not done again: after Ctrl-C or a power cut the same command goes on with the
same random numbers, which the key files kept before anything of them was written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from cli.desk import Desk, holder_name
from cli.drawing import question as words
from cli.drawing import screen as large
from cli.drawing.result import result_data, result_lines
from cli.drawing.screen import Screen
from cli.drawing.steps import WATCHERS, pending_value
from cli.i18n import _
from ledger.book import Refused, Written
from ledger.commands import draws, find, keys, plans
from ledger.keystore import KeyInfo, Signer
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.heads import cosigners_missing
from verifier.report import Finding

VALUE_TRIES = 3


@dataclass
class Ceremony:
    """One draw of one task, from wherever it stands to its result."""

    desk: Desk
    task: str
    draw: str
    value: str
    yes: bool
    screen: Screen | None = None
    """The screen in the room, where there is one."""
    remarks: list[Finding] = field(default_factory=list)
    opened: set[Path] = field(default_factory=set)

    def hold(self, parties: Sequence[str]) -> None:
        """Everything that is left to do. `parties` (holder ids) count until the list is frozen."""
        draw = self._held()
        if draw is None:
            self._freeze(parties)
        elif draw.state == "frozen":
            self._tell_resumed(draw)
            self._open_keys(draw)
        self._cosigners()
        self._commits()
        self._public_value()
        self._project(large.party_pages)
        self._reveals()
        self._project(large.party_pages)
        self._run()
        self._project(large.result_pages)

    def _held(self) -> f.Draw | None:
        return self.desk.facts.get(f.DRAWS, self.draw)

    def _now(self) -> f.Draw:
        return draws.draw_of(self.desk.facts, self.draw)

    def _unlocked(self, info: KeyInfo) -> Signer:
        signer = self.desk.open_key(info)
        self.opened.add(info.path)
        return signer

    def say(self, *lines: str) -> None:
        """Progress, which is no part of an answer in JSON."""
        for line in lines:
            click.echo(line, err=self.desk.as_json)

    def _project(self, pages: Callable[[f.Facts, str], list[large.Page]]) -> None:
        """Put pages on the screen in the room."""
        if self.screen is not None and not self.desk.as_json:
            self.screen.show(pages(self.desk.facts, self.draw))

    def _note(self, written: Written) -> None:
        self.remarks += written.warnings

    def _tell_resumed(self, draw: f.Draw) -> None:
        self.say(_("Draw {draw} was begun; it goes on where it stopped.").format(draw=self.draw))
        self.say(*words.frozen_lines(self.desk.facts, self.draw, draw))

    # freeze

    def _freeze(self, parties: Sequence[str]) -> None:
        facts = self.desk.facts
        infos = [self._key_here(holder) for holder in parties]
        clerk = self._clerk(infos)
        asked, check = plans.preview(facts, self.task, self.desk.clock()[:10])
        self.say(*words.question_lines(facts, self.draw, self.task, asked, parties))
        if check.refused:
            raise words.refusal(facts, self.task, check)
        self.say(*words.caution_lines(facts, self.task, asked, check))
        self.desk.sure(_("Freeze this question? It cannot be changed afterwards"), yes=self.yes)
        signers = [self._unlocked(info) for info in infos]
        signer = next((s for s in signers if s.info == clerk), None) or self._unlocked(clerk)
        self._note(draws.freeze(self.desk.book, signer, self.draw, self.task, parties, asked))
        self.say(_("List frozen."), words.m_line(self._now().m))
        self._project(large.question_pages)

    def _clerk(self, infos: Sequence[KeyInfo]) -> KeyInfo:
        """Who freezes: `--as`, else a party that is a clerk, else the only clerk's key here."""
        if self.desk.holder:
            return self._key_here(self.desk.holder)
        clerks = [i for i in infos if "clerk" in i.roles]
        clerks = clerks or [i for i in self.desk.key_infos() if "clerk" in i.roles]
        return clerks[0] if clerks else self._key_here(self._only_clerk())

    def _only_clerk(self) -> str:
        return next(iter(find.holders_with(self.desk.facts, ["clerk"])), "-")

    def _key_here(self, holder: str) -> KeyInfo:
        """The key file of a holder, of the key in force. Raises E-CEREMONY-ABSENT."""
        name, _key = keys.key_of(self.desk.facts, holder)
        return self._key_file(holder, name)

    def _key_file(self, holder: str, party: str) -> KeyInfo:
        for info in self.desk.key_infos():
            if info.key_id.hex() == party:
                return info
        raise LiuhenError(
            "E-CEREMONY-ABSENT",
            N_("The key file of {holder} is in none of {folders}."),
            remedy=N_(
                "Name the folder of each party: -K FOLDER -K FOLDER. Who is elsewhere acts there "
                "(liuhen draw commit, liuhen draw reveal) or by file (liuhen sign)."
            ),
            exit=Exit.KEY,
            holder=holder_name(self.desk.facts, holder),
            folders=", ".join(map(str, self.desk.folders)),
        )

    def _open_keys(self, draw: f.Draw) -> None:
        """Ask all passphrases that are still needed before anything is written."""
        left = draws.stage(draw)
        for party, holder in draws.parties(draw):
            if holder in left.to_commit or holder in left.to_reveal:
                self._unlocked(self._key_file(holder, party))

    def _cosigners(self) -> None:
        """Wait for the cosigners that the policy wants over the frozen question. Raises E-CEREMONY-COSIGN."""
        left = cosigners_missing(self.desk.facts, self._now())
        if left:
            raise LiuhenError(
                "E-CEREMONY-COSIGN",
                N_("The list is frozen; the draw waits until {left} more cosigner(s) have signed the head."),
                remedy=N_(
                    "Ask them: liuhen cosign request. When their answer is here, the same command goes on."
                ),
                exit=Exit.REFUSED,
                left=left,
            )

    # the sealed random numbers and the public value

    def _each(self, missing: Callable[[draws.Stage], tuple[str, ...]], step: _Step, told: str) -> None:
        draw = self._now()
        left = missing(draws.stage(draw))
        for party, holder in draws.parties(draw):
            if holder in left:
                signer = self._unlocked(self._key_file(holder, party))
                self._note(step(self.desk.book, signer, self.draw))
                self.say(told.format(holder=holder_name(self.desk.facts, holder)))

    def _commits(self) -> None:
        told = _("{holder} has sealed a random number.")
        self._each(lambda left: left.to_commit, draws.commit, told)

    def _reveals(self) -> None:
        told = _("{holder} has opened the random number.")
        self._each(lambda left: left.to_reveal, draws.reveal, told)

    def _public_value(self) -> None:
        denied: set[str] = set()
        for _try in range(VALUE_TRIES):
            draw = self._now()
            if draw.state != "frozen" or draw.valued:
                return
            typed = pending_value(self.desk.facts, self.draw)
            if typed is None or typed[0] in denied:
                typed = self._type_value(draw)
            if typed is not None and not self._confirm_value(draw, *typed):
                denied.add(typed[0])
        if not self._now().valued:
            raise LiuhenError(
                "E-CEREMONY-VALUE",
                N_("The public value was not confirmed; what was typed stays visible."),
                remedy=N_("Run the same command again, or abort: liuhen draw abort {draw}"),
                exit=Exit.STOPPED,
                draw=self.draw,
            )

    def _type_value(self, draw: f.Draw) -> tuple[str, f.Pending] | None:
        """One try to type it; None when it is not of the form announced."""
        value, self.value = self.value, ""
        if not value:
            self._require_somebody()
            form = words.public_words(draw.question["public"])
            value = click.prompt(_("Public value ({form})").format(form=form), err=True)
        try:
            self._note(draws.public_value(self.desk.book, self._typist(draw), self.draw, value.strip()))
        except Refused as refused:
            if refused.code != "draw.public-value" or not self.desk.interactive:
                raise
            told = _("{value} is not of the form announced: {form}. Type it again.")
            click.echo(told.format(value=ascii(value), form=draw.question["public"]), err=True)
            return None
        return pending_value(self.desk.facts, self.draw)

    def _typist(self, draw: f.Draw) -> Signer:
        """The first party that is not there to watch, so that one who watches can confirm."""
        watching = set(find.holders_with(self.desk.facts, WATCHERS))
        party, holder = min(draws.parties(draw), key=lambda pair: pair[1] in watching)
        return self._unlocked(self._key_file(holder, party))

    def _confirm_value(self, draw: f.Draw, leaf: str, act: f.Pending) -> bool:
        """Ask the watcher whether it is what was drawn; whether it was confirmed."""
        facts = self.desk.facts
        fitting = find.confirmers(facts, bytes.fromhex(leaf))
        party, holder = next((pair for pair in draws.parties(draw) if pair[1] in fitting), ("", ""))
        if not party:
            raise LiuhenError(
                "E-CEREMONY-WATCHER",
                N_("The public value waits for a supervisor or observer who is no party here."),
                remedy=N_("They confirm it: liuhen confirm {seq}; then run the same command again"),
                exit=Exit.REFUSED,
                seq=act.seq,
            )
        if not self.yes:
            self._require_somebody()
            asked = _("{holder}: is {value} what was drawn in this room?")
            asked = asked.format(holder=holder_name(facts, holder), value=act.data["value"])
            if not click.confirm(asked, err=True):
                return False
        signer = self._unlocked(self._key_file(holder, party))
        self._note(keys.confirm(self.desk.book, signer, [bytes.fromhex(leaf)]))
        self.say(_("Public value confirmed: {value}").format(value=act.data["value"]))
        return True

    def _require_somebody(self) -> None:
        if not self.desk.interactive:
            raise LiuhenError(
                "E-CEREMONY-ASK",
                N_("The public value must be typed and confirmed, and nobody can be asked here."),
                remedy=N_("Run the command on a terminal, or give --value and --yes."),
                exit=Exit.USAGE,
            )

    # the draw itself

    def _run(self) -> None:
        draw = self._now()
        if draw.state != "frozen":
            return
        self._note(draws.run(self.desk.book, self._runner(draw), self.draw))

    def _runner(self, draw: f.Draw) -> Signer:
        """A party present who may run it; one that is open already costs no passphrase."""
        here = {info.key_id.hex(): info for info in self.desk.key_infos()}
        fitting = [
            here[party]
            for party in draw.parties
            if party in here and {"clerk", *WATCHERS} & set(here[party].roles)
        ]
        fitting.sort(key=lambda info: info.path not in self.opened)
        return self._unlocked(fitting[0] if fitting else self._clerk(()))

    def answer(self) -> None:
        """The result, also when the draw had been run before."""
        facts = self.desk.facts
        told = [
            "",
            _("Draw {draw} is done.").format(draw=self.draw),
            *([] if self.screen and self._now().veiled else result_lines(facts, self.draw)),
        ]
        written = Written((), tuple(self.remarks))
        self.desk.answer(
            *told,
            next_step=f"liuhen draw record {self.draw}",
            data=result_data(facts, self.draw),
            written=written,
        )


_Step = Callable[..., Written]
