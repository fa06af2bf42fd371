"""Python's cycle collector, paused while a register is read or written (see `verifier.collector`)."""

from verifier.collector import paused as paused
