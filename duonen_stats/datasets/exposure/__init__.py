"""Administered activities, organ doses and what they are compared with."""
