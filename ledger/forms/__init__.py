"""Forms that are printed and signed. Their contents are functions of values, not of the ledger."""
