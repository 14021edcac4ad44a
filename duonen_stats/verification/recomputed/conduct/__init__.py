"""Conduct of the trial once more: courses of treatment, protocol, further therapies."""
