"""Blinded and unblinded re-estimation, and projection."""
