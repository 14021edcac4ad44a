"""A simulated trial in the raw format, always labelled SIMULATED.

``simulate_cut`` simulates a new trial from stated assumptions. ``cohort/`` holds the data cut that is read when
no other is named: 56 invented patients whose summary numbers agree with the interim publication. Its data card,
``cohort/README.md``, says what was matched, what was invented, and what the cohort must not be used for.
"""
