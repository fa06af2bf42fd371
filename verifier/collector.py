"""Python's cycle collector, paused while many facts come into being.

Rows and entries make no cycles. To walk all that exist again for every few thousand more costs a quarter of a
verification and a tenth of an import.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No collection inside the block; afterwards as before.

    What came into being meanwhile counts as old then: as young it would all be walked at once, and again.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
