"""Was the lot fair over the years? Tests on tickets, selections and teams of verified ledgers.

Described in specs/fairness.md. Needs numpy and scipy: call `ledger.science.require` before importing a module
of this package.
"""
