"""The results table and the functions that make its rows."""
