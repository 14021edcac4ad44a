from duonen_stats.displays.model.names import analyte_name, lower_first, upper_first


def test_long_labels_give_way_to_the_short_name(study):
    names = {code: analyte_name(study.analyte(code)) for code in ("HGB", "WBC", "EGFR", "ALT", "BILI")}
    assert names == {"HGB": "Hemoglobin", "WBC": "WBC", "EGFR": "eGFR", "ALT": "ALT", "BILI": "Bilirubin"}


def test_abbreviations_keep_their_capitals_in_a_sentence():
    assert [lower_first(name) for name in ("Hemoglobin", "WBC", "eGFR")] == ["hemoglobin", "WBC", "eGFR"]


def test_words_at_the_beginning_of_a_sentence():
    assert upper_first("any cycle up") == "Any cycle up"
    assert upper_first("") == ""
