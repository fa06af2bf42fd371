"""The plan at the counter: which one is meant, its check, its changes."""
