"""The language of a report: its catalogue of terms, and documents put into it."""
