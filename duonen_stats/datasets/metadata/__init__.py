"""Variables, labels, codes, keys and marks of the datasets."""
