"""The analyses of the plan: one question per file."""
