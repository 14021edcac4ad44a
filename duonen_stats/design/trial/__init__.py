"""Assumptions about a trial: accrual, hazards, expected events."""
