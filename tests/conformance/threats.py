"""Every attack of specs/threat-model.md: the cases that play it, or why no bundle can show it.

A name that ends in a slash stands for all cases below it.
"""

from __future__ import annotations

PLAYED: dict[str, tuple[str, ...]] = {
    "edits, deletes or inserts rows of the database": ("history/edits", "history/deletes", "history/doubles"),
    "writes again everything after some entry (re-chain, re-sign, new head)": (
        "history/rewrites",
        "anchor/head-of-another",
    ),
    "cuts off the latest entries, starts again from a backup": ("anchor/cut-off", "anchor/same-size"),
    "keeps two ledgers, shows one to each reader": ("anchor/same-size", "cosigned/other-root"),
    "freezes a list, sees the secrets come in, freezes another in a second ledger": (
        "anchor/head-of-another",
        "rule/draw.once/",
    ),
    "shows the cosigner an old backup, or a rewritten history": (
        "cosigned/missing",
        "cosigned/other-head",
        "rule/log.cosigners/",
    ),
    "tries seeds until one pleases": (
        "rule/draw.commitment/",
        "rule/draw.reveal/",
        "rule/draw.seed/",
        "rule/draw.reveal-fresh/",
    ),
    "redraws, or aborts a draw that displeases": (
        "rule/draw.once/",
        "rule/draw.abort/",
        "rule/draw.outcomes/",
        "rule/draw.finished/",
    ),
    "changes the list after the freeze": ("rule/draw.pool/", "rule/draw.roster/", "rule/draw.after-freeze/"),
    "changes the list before the freeze: removes friends, adds shells, narrows a filter": (
        "rule/import.diff/",
        "rule/import.reviewer/",
        "rule/task.filter/",
        "rule/draw.pool/",
        "rule/draw.exclusions/",
    ),
    "makes a second task of a plan row": ("rule/draw.once/",),
    "chooses by hand within an “undirected” class": ("rule/task.filter/",),
    "moves an enterprise to a layer with a lower rate": (
        "rule/draw.strata-disjoint/",
        "rule/draw.sizes/",
        "rule/task.rate/",
    ),
    "types a wrong public value": ("rule/draw.public-value/",),
    "publishes a result other than the computed one": (
        "rule/draw.results/",
        "rule/draw.teams/",
        "rule/draw.cut/",
        "rule/draw.files/",
        "files/draw-tickets-row-gone",
    ),
    "steers the team by false absences or conflicts": (
        "rule/draw.choice/",
        "rule/draw.substitute/",
        "rule/draw.replacement-holders/",
    ),
    "records a visit that was not drawn, drops one that was": ("rule/visit.drawn/", "rule/visit.complete/"),
    "inspects first, draws later": ("rule/visit.after-draw/",),
    "leaves results unpublished, or publishes late": ("rule/result.published/", "rule/result.deadline/"),
    "finds a problem and lets it rest, or settles it on paper only": (
        "rule/followup.open/",
        "rule/followup.overdue/",
        "rule/followup.kind/",
    ),
    "reports more than was done, or two bodies two numbers": ("rule/report.figures/",),
    "stops writing, so that nothing falls due": ("files/as-of",),
    "corrects a visit after it was signed": ("rule/correction.lawful/",),
    "keeps an act ready and has it confirmed when it suits": (
        "rule/draw.after-freeze/",
        "rule/draw.order/",
        "rule/policy.min-rate/",
        "rule/correction.lawful/",
    ),
    "backdates": ("rule/entry.time/",),
    "approves what they wrote": ("rule/role.separate/", "rule/act.confirmed/"),
    "approves a rate below the policy, many exclusions": ("rule/policy.min-rate/", "rule/draw.exclusions/"),
    "approves an abort to get another chance": ("rule/draw.abort/",),
    "invents a clerk or officer, enrolled alone, as second holder": ("rule/act.confirmed/",),
    "enrols a key under another's name": ("rule/act.confirmed/", "rule/key.proof/"),
    "enrols a party just before a draw": ("rule/draw.parties/",),
    "lowers rates or margins by a new policy, moves deadlines by a calendar": ("rule/policy.in-force/",),
    "names a second log key": ("rule/log.key/", "rule/log.current/"),
    "changes, removes or inserts rows past triggers and roles": (
        "rule/entry.chain/",
        "rule/entry.signature/",
        "rule/log.tree/",
    ),
    "changes files": ("rule/bundle.note/", "rule/bundle.hashes/", "rule/log.checkpoint/", "files/script"),
    "withholds or shows old files": ("anchor/old-files", "cosigned/missing"),
    "different files for different readers": ("anchor/same-size",),
    "signs another head, another size, with another key": ("cosigned/other-head", "cosigned/stranger"),
    "signs two histories, or is set up again from a backup": ("cosigned/other-root",),
    "puts a false time into its line": ("cosigned/other-time", "cosigned/time-zero", "cosigned/time-top-bit"),
    "signs as its holder": ("rule/key.revocation/", "rule/entry.actor/", "rule/act.confirmed/"),
    "clerk + log key, no cosigner": ("anchor/head-of-another", "anchor/same-size"),
    "clerk + cosigner": ("anchor/head-of-another",),
}

NOT_PLAYED: dict[str, str] = {
    "waits for a moment when the registry suits, changes a risk class or a tag shortly before": (
        "not stopped; nothing is red"
    ),
    "favours or burdens the same people again and again within the rules": (
        "nothing is red: tests of the audit"
    ),
    "adopts thresholds (`doubts`) by which no detector speaks": "nothing is red: tests of the audit",
    "offers a forged copy or bundle to `restore` or `repair`": "on the office's disk: tests of rescue",
    "leaves a row of the published plan without a task": "not shown; nothing is red",
    "freezes a lottery whose result is known before the last commitment": "not stopped; nothing is red",
    "chooses r knowing the others'": "impossible by the order of the ceremony: rule/draw.order",
    "withholds r when the outcome displeases (sees it by knowing the other secrets)": (
        "the draw is aborted lawfully and names the party; nothing is red"
    ),
    "lends key or secret to the clerk": "shown nowhere",
    "confirms without looking": "shown nowhere",
    "revokes a party to stop a reveal": "does not work: any holder may append the reveal; nothing is red",
    "puts back an older copy of the database": "as a clerk's backup: anchor/same-size, cosigned/other-root",
    "reads private values": "not stopped; nothing is red",
    "has the password of a writer, and adds a row that links well and is signed by nobody": (
        "on the server: tests/cli/test_store.py; what follows in a bundle: history/edits"
    ),
    "acknowledges what it does not keep": "on the server: tests of the store, make torture",
    "answers in the server's place, listens or changes on the way": "on the network: tests of the store",
    "stops it, cuts a connection, holds the lock": "on the network: tests of the store, make torture",
    "a program that draws falsely but shows fair tickets": "what the other implementation is for",
    "weak or known randomness for r": "not shown in a bundle",
    "leaks secrets or passphrases": "not shown",
    "a verifier that always says pass": "what this set is for",
    "does not answer, answers slowly or endlessly, redirects": "on the network: tests of cosigning",
    "whoever reaches its port: large, slow or many requests": "on the network: tests of cosigning",
    "serves a false page or program": "take page and verifier from elsewhere; what this set is for",
    "opens the key file": "no bundle holds it",
    "finds it in logs, reports, process lists, core files": "no bundle holds it: tests of keys",
    "reads r of an open draw": "a bundle does not show it",
    "reads names, ID numbers": "a bundle does not show it; tests hold that none is public",
    "clerk + approver": "recorded as theirs; nothing is red",
    "all parties, no public value": "named in the report; nothing is red",
    "all parties, public value `balls`, `dice` or `lottery`": "g in the report; nothing is red",
    "office + enterprise": "outside the ledger",
}
