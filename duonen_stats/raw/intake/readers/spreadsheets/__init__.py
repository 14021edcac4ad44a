"""Workbooks of Excel (.xlsx, .xlsm) and OpenDocument (.ods): values as stored, with what a spreadsheet can hide."""
