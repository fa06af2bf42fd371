"""Column maps (列对照表) for the platforms that offices must use, as TOML; read by `ledger.column_maps`."""
