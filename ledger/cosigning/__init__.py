"""Cosigners 联署方: those who sign heads of ledgers (C2SP tlog-witness), and what a ledger keeps of them."""
