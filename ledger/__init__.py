"""The clerk: commands, event store, keys, imports, forms and publishing."""
