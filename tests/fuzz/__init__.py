"""Hostile input: coverage-guided fuzzing of all that reads bytes from outside (specs/reliability.md)."""
