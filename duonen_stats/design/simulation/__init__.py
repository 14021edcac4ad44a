"""Simulated trials and their tests."""
