"""The content model of a document, and its HTML and PDF."""
