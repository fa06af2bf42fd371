"""A second process beside the one that imports, and the pipe between them.

Nothing depends on it: whoever meets `AloneError` does the work himself. It ends with the block, and when the
first process ends, however that ends, as its pipe is closed then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


Message = tuple[tuple[Any, ...], list[bytes]]
"""A few small values, and large pieces, which go through the pipe one by one: no copy is made of all."""


def send(pipe: Connection, message: Message) -> None:
    values, pieces = message
    pipe.send((values, len(pieces)))
    for piece in pieces:
        pipe.send_bytes(piece)


def receive(pipe: Connection) -> Message:
    values, count = pipe.recv()
    return values, [pipe.recv_bytes() for _ in range(count)]


class AloneError(Exception):
    """There is no second process, or it did not come to its end."""


class Second:
    """The second process, seen from the first one."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self._process = process
        self.pipe = pipe

    @classmethod
    def start(cls, work: Callable[..., None], *given: object) -> Self:
        """`work(pipe, *given)` over there. Raises AloneError where there is no second processor or no process
        to be had."""
        if (os.cpu_count() or 1) < 2:
            raise AloneError
        from multiprocessing import current_process, get_context
        from pickle import PicklingError

        if current_process().daemon:
            raise AloneError
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, *given), daemon=True)
        try:
            process.start()
        except (OSError, RuntimeError, PicklingError, TypeError, AttributeError) as error:
            ours.close()
            raise AloneError from error
        finally:
            theirs.close()
        return cls(process, ours)

    def answers(self, questions: Iterable[Message]) -> Iterator[Message]:
        """What comes back for each; while one is looked at, the next is worked on. None is kept here, as they
        may be large. Raises AloneError."""
        waiting = iter(questions)
        first = next(waiting, None)
        if first is None:
            return
        try:
            send(self.pipe, first)
            del first
            yield from map(self._answer_and_ask, waiting)
            yield receive(self.pipe)
        except (OSError, EOFError) as error:
            raise AloneError from error

    def _answer_and_ask(self, question: Message) -> Message:
        answer = receive(self.pipe)
        send(self.pipe, question)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pipe.close()
        self._process.kill()  # also one that is stopped
        self._process.join()
