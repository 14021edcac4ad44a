"""Radiobiology: what an absorbed dose does, given its time course."""
