"""What laboratory values of a patient say over time: spells, recovery, decline."""
