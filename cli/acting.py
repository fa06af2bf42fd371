"""Who acts, and the command with which the next person goes on."""

from __future__ import annotations

from cli.desk import Desk
from ledger.commands import find
from ledger.keystore import Signer
from verifier import facts as f
from verifier.vocabulary import Role


def first_signer(desk: Desk, *roles: Role) -> Signer:
    """The key that acts: `--as`, else the only key here of the first role that has just one, else as the
    desk chooses among them."""
    if not desk.holder:
        for role in roles:
            held = {info.holder for info in desk.key_infos() if role.value in info.roles}
            if len(held) == 1:
                return desk.signer(role)
    return desk.signer(*roles)


def acting(holder: str, command: str) -> str:
    """A command as one holder gives it."""
    return f"liuhen --as {holder} {command}"


def confirming(facts: f.Facts, leaf: bytes) -> str:
    """The command with which a second holder confirms the act of this leaf hash."""
    act = facts.get(f.PENDING, leaf.hex())
    return confirm_step(act.seq if act else 0, find.confirmers(facts, leaf)[:1])


def confirm_step(seq: int, holders: list[str]) -> str:
    """`liuhen --as HOLDER confirm SEQ`."""
    return acting(holders[0], f"confirm {seq}") if holders else f"liuhen confirm {seq}"
