"""An output folder: written as a whole, exchanged with the earlier one, accounted for."""
