"""Checks of a ledger against itself; each knows the arithmetic of publications and none the trial."""
