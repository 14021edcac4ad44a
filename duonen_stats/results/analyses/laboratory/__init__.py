"""Laboratory values over time: the course of grades, kidney function, late follow-up."""
