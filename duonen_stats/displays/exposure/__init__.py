"""Displays of activities, organ doses and their effects."""
