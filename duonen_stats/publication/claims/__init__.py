"""The claims of the interim publication as predicates on the results table."""
