"""The nouns of the command line: one module each, mirroring `ledger.commands`."""
