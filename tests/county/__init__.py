"""Five years of a simulated county, once honest and once with eight kinds of cheating at known places.

`python -m tests.county FOLDER [--honest] [--cheat] [--small]`; see `__main__` and `cheats.PLANTED`.
"""
