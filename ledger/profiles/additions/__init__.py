"""Additions to a policy: rules of higher bodies, off unless asked for."""
