"""Imports: file → rows of cells (tables) → columns found (columns) → records or faults (records).

Nothing is guessed and nothing half-imported: a file gives records, or a list of faults that name row, column,
value and remedy.
"""
