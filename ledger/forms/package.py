"""Office packages (.docx) whose bytes depend on their parts alone.

python-docx and docxtpl write the time of day into the zip directory, so two runs differ (and with
them the hash that an archive keeps). `repack` writes the same parts again: stored, sorted, one
fixed date. `[Content_Types].xml` stays first, where every reader looks for it.
"""

from __future__ import annotations

import io
import zipfile

_DOS_EPOCH = (1980, 1, 1, 0, 0, 0)
_CONTENT_TYPES = "[Content_Types].xml"


def repack(package: bytes) -> bytes:
    """The same zip members, without anything that differs from run to run."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target,
    ):
        for name in sorted(source.namelist(), key=lambda name: (name != _CONTENT_TYPES, name)):
            member = zipfile.ZipInfo(name, _DOS_EPOCH)
            member.create_system = 0
            member.external_attr = 0
            target.writestr(member, source.read(name))
    return out.getvalue()
