"""Schemas too long for `verifier.schema`, a module a noun."""
