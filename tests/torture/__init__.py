"""Fault tests: what the ledger promises, while everything around it breaks (specs/reliability.md).

`make torture` plays all of them and prints a table; `make test` plays a short sample. Every kind has a
control: the same run over a store that breaks its promise on purpose. A control that is not caught is a
failure too, because a checker that never turns red proves nothing.
"""
