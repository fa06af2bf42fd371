"""One input under the limits of specs/reliability.md: what a parser may take in time and memory for it."""

from __future__ import annotations

import signal
import time
import tracemalloc
from types import FrameType

from tests.fuzz.targets import Broken, Target
from verifier.errors import LiuhenError

SECONDS = 5.0
"""The longest that one input of the corpus (at most 16 KiB) may take."""
MEMORY = 64 << 20
"""The most that Python may allocate for it, in bytes, above what stood before."""


class TooSlow(BaseException):
    """The time of an input is over. Not an `Exception`: no parser may swallow it."""


def judge(target: Target, data: bytes, *, seconds: float = SECONDS, memory: int = MEMORY) -> str:
    """What is wrong with how the target takes this input; "" when it is read or refused within the limits."""
    alarm = hasattr(signal, "setitimer")
    if alarm:
        before = signal.signal(signal.SIGALRM, _over)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    tracemalloc.start()
    held, begun = tracemalloc.get_traced_memory()[0], time.monotonic()
    try:
        target.run(data)
    except LiuhenError as error:
        error.english()
    except TooSlow:
        return f"not done after {seconds:g} s"
    except Broken as error:
        return f"oracle: {error}"
    except Exception as error:  # noqa: BLE001 - every other kind is what is looked for
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
        return f"{type(error).__name__}: {error} ({where})"
    finally:
        took, peak = time.monotonic() - begun, tracemalloc.get_traced_memory()[1] - held
        tracemalloc.stop()
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    if took > seconds:
        return f"took {took:.1f} s"
    return f"took {peak} bytes" if peak > memory else ""


def _over(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow
