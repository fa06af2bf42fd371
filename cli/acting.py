"""Who acts."""

from __future__ import annotations

from cli.desk import Desk
from ledger.keystore import Signer
from verifier.vocabulary import Role


def first_signer(desk: Desk, *roles: Role) -> Signer:
    """The key that acts: `--as`, else the only key here of the first role that has just one, else as the
    desk chooses among them."""
    if not desk.holder:
        sitter = [i for i in desk.key_infos() if i.holder == desk.sitting.holder]
        if any(role.value in info.roles for role in roles for info in sitter):
            return desk.signer(*roles)
        for role in roles:
            held = {info.holder for info in desk.key_infos() if role.value in info.roles}
            if len(held) == 1:
                return desk.signer(role)
    return desk.signer(*roles)
