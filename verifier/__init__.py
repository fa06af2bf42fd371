"""The law of Liuhen 留痕 in code: codec, log, signatures, draw, replay and rules.

Pure: reads bytes and returns a report. Third-party imports are `cryptography` and `msgpack` only;
nothing here imports `ledger` or `cli`.
"""

__version__ = "0.1.0"
