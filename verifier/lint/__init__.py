"""计划审查: advice on policies, plans and people before they are approved. Nothing here is law.

Pure functions over facts; each gives remarks that name the row and the source they rest on. What the law
itself refuses or warns of is in `verifier.law`; a remark may say it earlier.
"""
