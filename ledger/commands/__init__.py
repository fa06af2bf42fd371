"""What a clerk does, as deeds for the ledger: one module for each noun of the command line.

Each function takes the book, an opened key and what the person said, and writes one transaction. Rules are
not repeated here: the law is asked when the deed is appended.
"""
