"""The words are written as names are compared, and speak of columns and codes that the dictionary has."""

from duonen_stats.raw.suggest import words
from duonen_stats.raw.suggest.recognise import bare


def test_words_are_bare():
    every = [
        *(name for names in words.ANALYTES.values() for name in names),
        *(name for table in (words.ISOTOPES, words.ORGANS) for names in table.values() for name in names),
        *(name for codes in words.CODES.values() for names in codes.values() for name in names),
        *words.LIMITS, *words.TOTALS, *words.EMPTY, *words.BEFORE, *words.AFTER, *words.UNSCHEDULED, *words.NOT_GIVEN,
        *words.FOLLOW_UP,
    ]  # fmt: skip
    assert [name for name in every if bare(name) != name] == []


def test_no_word_names_two_things():
    for table in (words.ANALYTES, words.ISOTOPES, words.ORGANS, *words.CODES.values()):
        names = [name for used in table.values() for name in used]
        assert len(names) == len({*names})


def test_what_they_name_is_in_the_dictionary(study):
    columns = {column.name for table in study.tables for column in table.columns}
    columns |= {f"{table.name}.{column.name}" for table in study.tables for column in table.columns}
    assert {*words.CODES} - {"YES_NO"} <= columns
    assert {*words.ANALYTES} == {one.code for one in study.all_analytes}
    assert {*words.ORGANS} == {one.code for one in study.organs}
    assert {*words.ISOTOPES} == {one.code for one in study.isotopes}


def test_codes_are_those_of_their_columns(study):
    for table in study.tables:
        for column in table.columns:
            own = words.CODES.get(f"{table.name}.{column.name}", words.CODES.get(column.name, {}))
            if column.codes:
                assert {*own} <= {one.code for one in column.codes}, column.name
