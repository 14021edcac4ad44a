"""The names of columns are written as names are compared, and are of columns that the dictionary has."""

from duonen_stats.raw.suggest.column_words import COLUMNS
from duonen_stats.raw.suggest.recognise import bare


def test_names_are_bare():
    assert [name for names in COLUMNS.values() for name in names if bare(name) != name] == []


def test_they_are_of_columns_of_the_dictionary(study):
    columns = {column.name for table in study.tables for column in table.columns}
    columns |= {f"{table.name}.{column.name}" for table in study.tables for column in table.columns}
    assert {*COLUMNS} <= columns


def test_no_name_is_of_two_columns_of_a_table(study):
    """Of two columns with one name in a table the first would take what the other means."""
    for table in study.tables:
        names = [
            name
            for column in table.columns
            for name in COLUMNS.get(f"{table.name}.{column.name}", COLUMNS.get(column.name, ()))
        ]
        assert sorted(names) == sorted({*names}), table.name
