import pytest

from duonen_stats.raw.intake.reshape.limits_by_sex import proposed_sexes, ranges_by_sex


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("M: 13,5–17,5; K: 12,0–15,5", {"M": "13,5–17,5", "F": "12,0–15,5"}),
        ("m 40-54 / k 36-48 %", {"M": "40-54", "F": "36-48 %"}),
        ("13,5-17,5 (M), 12,0-15,5 (K) g/dl", {"M": "13,5-17,5 g/dl", "F": "12,0-15,5 g/dl"}),
        ("K - < 1 500\nM - < 1 700", {"F": "< 1 500", "M": "< 1 700"}),
        ("kobiety 12-16", {"F": "12-16"}),
        ("♀12-16 ♂13-17", {"F": "12-16", "M": "13-17"}),
        ("dorośli: 12-16", {"": "12-16"}),
        ("4,0-10,0 K/µl", {"": "4,0-10,0 K/µl"}),  # thousands
        ("> 60 ml/min/1,73 m2", {"": "> 60 ml/min/1,73 m2"}),
        ("M 13-17, M 12-16", None),
        ("M 13-17 dorośli 12-16", None),  # both, and one of them
        ("12-16 K 18-50 lat", None),
        ("norma M 13-17", None),
        ("M K 12-16", None),
        ("", {"": ""}),
    ],
)
def test_ranges_of_a_cell(text, ranges):
    sexes = {"M": "M", "K": "F", "kobiety": "F", "♀": "F", "♂": "M", "dorośli": None}
    assert ranges_by_sex(text, sexes) == ranges


@pytest.mark.parametrize(
    ("texts", "sexes"),
    [
        (["Männer 13-17, Frauen 12-16"], {"Männer": "M", "Frauen": "F"}),
        (["M 13-17 Ž 12-16"], {"M": "M", "Ž": "F"}),
        (["H: 13-17", "M: 12-16"], {"H": "M", "M": "F"}),  # hombres, mujeres
        (["12-16 (K)"], {"K": "F"}),
        (["do 41 U"], {}),  # a unit
        (["brak", "12-16"], {}),
    ],
)
def test_words_are_proposed_where_they_part_ranges(texts, sexes):
    assert proposed_sexes(texts) == sexes
