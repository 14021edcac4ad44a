from duonen_stats.study.raw_tables import CodeSeries, RawColumn, place_in_series


def test_codes_of_a_series_are_those_that_texts_name():
    series = CodeSeries(prefix="F", label="Follow-up")
    column = RawColumn(name="VISIT", label="Visit", type="text", series=series)
    assert [one.code for one in column.codes_for(["f3", "F10", "F3", "F0", "F", "F1a", "", None])] == [
        "F3",
        "F10",
    ]
    assert [one.label for one in column.codes_for(["F3"])] == ["Follow-up 3"]
    assert RawColumn(name="VISIT", label="Visit", type="text").codes_for(["F3"]) == ()


def test_place_in_a_series():
    assert [place_in_series("F", text) for text in ("F1", "f999", "F01", "F1000", "1", None)] == [
        1,
        999,
        *[None] * 4,
    ]
