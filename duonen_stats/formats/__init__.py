"""The bytes of each file format: CSV, XLSX, SAS, SPSS, Parquet, define.xml, ARS."""
