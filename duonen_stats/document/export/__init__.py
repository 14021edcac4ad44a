"""Displays and whole reports as files that others edit or print: Word, RTF, LaTeX, HTML fragments, pictures."""
