"""Kinds of drawing, one per file: points, curves, boxes, bars, text."""
