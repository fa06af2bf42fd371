"""The rules, written once: pure functions of (facts, event).

`judge.Judge` asks them for one entry after another; the ledger asks the same functions inside its write
lock before it appends. One module for each noun: keys, lists, policy, plans, tasks, draws, visits,
corrections; `case` holds what a rule sees, `dues` what is judged at the head.
"""
