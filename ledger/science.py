"""What the auditor's statistics need and the counter does not: numpy and scipy, an extra of the package."""

from __future__ import annotations

from importlib.util import find_spec

from verifier.errors import N_, Exit, LiuhenError

NEEDED = ("numpy", "scipy")


def require() -> None:
    """Raises E-AUDIT-SCIPY where numpy or scipy is not installed; call before importing what uses them."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise LiuhenError(
            "E-AUDIT-SCIPY",
            N_("The statistics need {names}, which this installation does not have."),
            remedy=N_("Install them once: pip install 'liuhen[audit]'. No other command needs them."),
            exit=Exit.USAGE,
            names=", ".join(missing),
        )
