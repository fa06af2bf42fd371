"""Where the page is behind the Python verifier: rules and types of events that it does not judge yet, why.

Whoever adds a type or a rule adds it to verifier/page/core/law too. Until then it is named here, and the page
calls entries of such a type inconclusive (`entry.known`).
"""

BEHIND: dict[str, str] = {}
