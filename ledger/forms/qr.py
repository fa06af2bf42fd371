"""The QR code of a printed form."""

from __future__ import annotations

import io


def qr_png(text: str) -> bytes:
    """A PNG of 6 pixels a module with the quiet zone; level M survives print and scan."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(out, kind="png", scale=6, border=4)
    return out.getvalue()
