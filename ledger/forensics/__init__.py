"""Draws that other platforms made: what lists and results still show of the method (specs/forensics.md).

Needs numpy and scipy: call `ledger.science.require` before importing a module of this package but `reading`.
"""
