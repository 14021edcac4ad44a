"""Causes in a simulated trial: patients, treatment, blood, events, outcome."""
