"""The analysis data once more, from the raw records of a report: plain pandas, written apart from ``datasets``."""
