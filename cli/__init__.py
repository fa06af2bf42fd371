"""The counter: click commands, messages, prompts and exit codes. No rule lives here."""
