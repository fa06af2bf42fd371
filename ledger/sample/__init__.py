"""Made-up lists in the shape of a county office's (S0 附件3, 附件4), for the demonstration and for practice.

The codes are valid in form and belong to nobody: division 649999 does not exist. The names are invented.
"""
