"""Repeated measurements of a patient: models whose errors are correlated within the patient."""
