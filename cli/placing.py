"""Where a ledger is, as a person says it: a file, a folder, or the address of a server.

An address needs a place on this computer too, for keys, signed heads and notes. `liuhen store use` or `init
--store` puts the small file that names it where the person wants; with `-L postgresql://…` alone it stands in
the folder of the program's data.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from ledger.durable import write_whole
from ledger.store.server import Server, pointed, server_of
from verifier.errors import N_, Exit, LiuhenError


def standing_for(address: str) -> Path:
    """The file that stands for an address given without one; written when it is not there. Raises what
    `server_of` raises."""
    server = server_of(address)
    place = "\n".join(map(str, server.ledger))
    name = re.sub(r"[^A-Za-z0-9]+", "-", server.database) + "-" + sha256(place.encode()).hexdigest()[:8]
    path = _data() / name / "ledger.db"
    if not path.exists() or pointed(path) != server:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, f"{server.url}\n".encode())
    return path


def point(path: Path, server: Server) -> bool:
    """Let `path` point to `server`; whether it did not yet. Raises E-STORE-EXISTS for any other file."""
    if path.exists():
        named = pointed(path)
        if named == server:
            return False
        if named is not None:
            raise LiuhenError(
                "E-STORE-EXISTS",
                N_("The small file here names another address: {named}."),
                where=str(path),
                remedy=N_(
                    "Give another place: liuhen -L FILE …. When the ledger is no longer reached under that "
                    "address, put this small file away first; it holds nothing but the address."
                ),
                exit=Exit.USAGE,
                named=named.url,
            )
        raise LiuhenError(
            "E-STORE-EXISTS",
            N_("There is a file already; a ledger is never overwritten."),
            where=str(path),
            remedy=N_("Give another place: liuhen -L FILE …"),
            exit=Exit.USAGE,
        )
    path.absolute().parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, f"{server.url}\n".encode(), 0o644)
    return True


def shown(path: Path) -> str:
    """The place as a person gave it: the address where the file only stands for one."""
    try:
        server = pointed(path)
    except LiuhenError:
        return str(path)
    return server.url if server and _data() in path.parents else str(path)


def _data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("liuhen", appauthor=False)
