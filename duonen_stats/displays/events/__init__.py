"""Adverse events by class and term, in an overview, and late: tables and figures."""
