"""Verbs of `liuhen inspect` and `liuhen result` beside the record of a visit."""
