"""Progression, survival and response: the primary comparison and all beside it."""
