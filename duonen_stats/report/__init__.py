"""What is handed over: contents, HTML, PDF, exports, provenance. The only package that writes files."""
