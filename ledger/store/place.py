"""Where a ledger may live: on a disk of this computer.

WAL keeps its index in memory shared between processes, which no network share gives; two workstations on
one share would damage the file (design §8). What can be seen is refused, the rest is the office's care.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from verifier.errors import N_, LiuhenError

_SHARED = frozenset(
    ["afs", "cifs", "davfs", "fuse.davfs2", "fuse.sshfs", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs"]
)
_DRIVE_REMOTE = 4


def require_local(path: Path) -> None:
    """Raise `LiuhenError` E-STORE-PLACE when `path` is seen to lie on a network share."""
    if is_unc(str(path)) or _remote_drive(path) or mounted_share(os.path.realpath(path), _mounts()):
        raise LiuhenError(
            "E-STORE-PLACE",
            N_("The ledger would lie on a network share, where it can be damaged."),
            where=str(path),
            remedy=N_("Keep it on a disk of this computer, and copy bundles and backups to the share."),
        )


def is_unc(path: str) -> bool:
    r"""Whether a Windows path names a server: `\\server\share\…`, also as `\\?\UNC\server\…`."""
    path = path.replace("/", "\\")
    return path.upper().startswith("\\\\?\\UNC\\") or (
        path.startswith("\\\\") and path[2:3] not in ("?", ".")
    )


def mounted_share(path: str, mounts: str) -> bool:
    """Whether the file system of `path` (absolute, resolved) is shared, by the text of `/proc/mounts`."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].encode("utf-8", "surrogateescape").decode("unicode_escape", "replace")
        point = point.encode("latin-1", "replace").decode("utf-8", "surrogateescape").rstrip("/")
        if (path == point or path.startswith(point + "/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind in _SHARED


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def _remote_drive(path: Path) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    drive = path.absolute().drive
    return bool(drive) and ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _DRIVE_REMOTE
