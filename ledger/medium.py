"""On what a file lies: a ledger must be on a disk of this computer, a key where permissions are kept.

WAL keeps its index in memory shared between processes, which no network share gives; two workstations on
one share would damage the file (design §8). What can be seen is refused, the rest is the office's care.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from verifier.errors import N_, LiuhenError

_SHARED = frozenset(
    {"9p", "afs", "ceph", "cifs", "coda", "davfs", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2"}
    | {"smb2", "smb3", "smbfs", "prl_fs", "vboxsf", "vmhgfs", "fuse.vmhgfs-fuse"}
    | {"fuse.ceph", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
)
"""Types of file systems that other machines, or the host of a virtual one, change beside this one."""
_OPEN = frozenset({"vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "fuse.ntfs-3g", "fuse.exfat"})
_MAGIC = frozenset(
    {0x6969, 0x517B, 0xFF534D42, 0xFE534D42, 0x01021997, 0x5346414F, 0x00C36400, 0x0BD00BD0, 0x73757245}
    | {0x564C, 0x01161970, 0x7461636F, 0x786F4256}
)
"""`f_type` of statfs(2), asked where no table of mounts is: NFS, SMB, CIFS, SMB2, 9p, AFS, Ceph, Lustre,
Coda, NCP, GFS2, OCFS2, vboxsf."""
_DRIVE_REMOTE = 4


def require_local(path: Path) -> None:
    """Raise `LiuhenError` E-STORE-PLACE when `path` is seen to lie on a network share."""
    if is_unc(str(path)) or _remote_drive(path) or _shared(os.path.realpath(path)):
        raise LiuhenError(
            "E-STORE-PLACE",
            N_("The ledger would lie on a network share, where it can be damaged."),
            where=str(path),
            remedy=N_("Keep it on a disk of this computer, and copy bundles and backups to the share."),
        )


def _shared(path: str) -> bool:
    mounts = _mounts()
    return mounted_share(path, mounts) if mounts else shared_magic(os.path.dirname(path))  # noqa: PTH120


def shared_magic(folder: str, magic: frozenset[int] = _MAGIC) -> bool:
    """Whether the system says that the folder lies on a share; False where it cannot be asked (statfs(2) of
    Linux, where `f_type` is the first word)."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    answer = (ctypes.c_long * 32)()
    try:
        failed = ctypes.CDLL(None).statfs(os.fsencode(folder), ctypes.byref(answer))
    except (OSError, AttributeError):
        return False
    return failed == 0 and (answer[0] & 0xFFFFFFFF) in magic


def is_unc(path: str) -> bool:
    r"""Whether a Windows path names a server: `\\server\share\…`, also as `\\?\UNC\server\…`."""
    path = path.replace("/", "\\")
    return path.upper().startswith("\\\\?\\UNC\\") or (
        path.startswith("\\\\") and path[2:3] not in ("?", ".")
    )


def mounted_share(path: str, mounts: str) -> bool:
    """Whether the file system of `path` (absolute, resolved) is shared, by the text of `/proc/mounts`."""
    return _mounted_as(path, mounts) in _SHARED


def keeps_permissions(path: Path, mounts: str | None = None) -> bool:
    """Whether the medium of `path` keeps who may read a file; USB sticks in the formats of Windows do not,
    and say the same of every file."""
    return _mounted_as(os.path.realpath(path), _mounts() if mounts is None else mounts) not in _OPEN


def _mounted_as(path: str, mounts: str) -> str:
    """The type of the file system of `path`; "" where it cannot be told."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].encode("utf-8", "surrogateescape").decode("unicode_escape", "replace")
        point = point.encode("latin-1", "replace").decode("utf-8", "surrogateescape").rstrip("/")
        if (path == point or path.startswith(point + "/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


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
