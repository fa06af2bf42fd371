"""When a ledger file is damaged: what still stands, and how it is brought over into a new file.

Nothing here writes to the damaged file. `pages` reads rows out of what is left of it, `chain` finds the
longest chain in what several sources hold, `heads` gathers what others have seen, `doctor` tells, `repair`
writes.
"""
