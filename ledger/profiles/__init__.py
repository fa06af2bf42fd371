"""Ready policies, one TOML file an office; `ledger.policy` reads them."""
