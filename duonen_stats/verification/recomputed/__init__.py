"""The statistics once more, one module per part of the report, with the libraries of the second engine."""
