"""What an auditor asks of a bundle or a ledger, read-only and without a key: what was, by whom, what if."""
