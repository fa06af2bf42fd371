"""The draw at the counter: its question and result in words, who is still missing, the ceremony."""
