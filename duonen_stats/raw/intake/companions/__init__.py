"""Columns that keep what a number or a date cannot hold: bounds, reasons, partial dates, times of day."""
