"""The interim publication: its numbers as facts, what they say about themselves, and whether the pipeline gives them.

Nothing here is an input of an analysis: ``raw``, ``datasets``, ``methods``, ``results`` and ``displays`` may not import
this package, and a contract (import-linter) holds them to it.
"""

from duonen_stats.publication.entry import POOLED, Assertion, Entry
from duonen_stats.publication.ledger import Ledger, load_ledger, read_ledger

__all__ = ["POOLED", "Assertion", "Entry", "Ledger", "load_ledger", "read_ledger"]
