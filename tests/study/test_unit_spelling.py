"""Units in every spelling: those of laboratories give the factor of a textbook, and nothing else is read as one."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.study.unit_spelling import unit_factor, unit_readings

# Factor to the analyte's own unit, worked by hand: a count in 10^9/L, haemoglobin in g/dL, creatinine in mg/dL, an
# enzyme in U/L.
COUNTS = {
    1.0: "10^9/L 10*9/L 10**9/L 10⁹/L ×10⁹/L x10^9/L X10E9/L 10E9/L 1E9/L 10^09/L 109/L 10(9)/L 10^9.L-1 10⁹·L⁻¹ "
    "G/L G/l g/l giga/L Gpt/L 10^9/dm3 "
    "10*3/uL 10^3/uL 10^3/mm3 10³/µl 10³/μL ×10³/µL 10^3/mcL 103/µL K/µL K/uL k/ul K/cumm "
    "thou/µL Thousand/uL thous/mm³ tys/µl tys./µl tys./mm3 1000/µl 1/nL /nl 10^6/mL mln/ml 10*3.uL-1",
    0.001: "/µL /uL /mm3 /mm³ 1/µL cells/uL {cells}/uL #/µl 10^6/L 10^3/mL /cmm",
    1e-9: "/L 1/l",
}
HAEMOGLOBIN = {
    1.0: "g/dL g/dl G/DL gm/dL g% g/100ml g.dL-1 g·dL⁻¹",
    0.1: "g/L g/l G/L g/dm3 mg/mL",
    0.001: "mg/dL mg%",
}
CREATININE = {
    1.0: "mg/dL mg/dl MG/DL mg% mg/100ml",
    0.1: "mg/L mg/l ug/mL",
    1 / 88.42: "umol/L µmol/l μmol/L UMOL/L mcmol/L umol/dm3 micromol/L nmol/mL",
    1000 / 88.42: "mmol/L mmol/l MMOL/L",
}
ENZYMES = {
    1.0: "U/L U/l u/l u/L IU/L iu/l UI/L [IU]/L E/l j/l jm/l j.m./l I.U./L mU/mL mIU/ml units/L",
    0.001: "mU/L",
    60.0: "ukat/L µkat/l μkat/L UKAT/L",
    0.06: "nkat/L",
}
FILTRATION = {
    1.0: "mL/min/1.73m2 ml/min/1.73m2 mL/min/1.73m² ml/min/1,73m2 ML/MIN/1.73M2 mL/min/1.73m^2 mL/min/1.73m**2 "
    "mL/min/{1.73_m2} mL/min/(1.73m2) mL.min-1.1.73m-2 mL·min⁻¹·1.73m⁻²",
    60.0: "mL/s/1.73m2",
}
SPELT = [
    (code, spelling, factor)
    for code, table in (
        ("PLAT", COUNTS),
        ("WBC", COUNTS),
        ("HGB", HAEMOGLOBIN),
        ("CREAT", CREATININE),
        ("ALT", ENZYMES),
        ("AST", ENZYMES),
        ("EGFR", FILTRATION),
    )
    for factor, spellings in table.items()
    for spelling in spellings.split()
]


@pytest.mark.parametrize(("code", "spelling", "factor"), SPELT)
def test_a_unit_in_a_spelling_of_laboratories(study, code, spelling, factor):
    assert study.analyte(code).factor(spelling) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("code", "spelling"),
    [
        ("PLAT", "x 10^9 / L"),
        ("PLAT", "10^3/cu mm"),
        ("PLAT", "10^9 cells/L"),
        ("PLAT", "1 000/µl"),
        ("PLAT", "10 9/L"),
        ("EGFR", "mL/min/1.73 m²"),
        ("EGFR", "ml/min/1,73 m2"),
        ("EGFR", "ml/min per 1.73 m2"),
        ("EGFR", "mL/min/1.73 sq m"),
        ("CREAT", "mg / 100 ml"),
        ("CREAT", "mg per dl"),
        ("CREAT", "(mg/dL)"),
        ("HGB", "g\u00a0/\u00a0dL"),
    ],
)
def test_spaces_and_words_between_the_parts(study, code, spelling):
    assert study.analyte(code).known_factor(spelling) == 1.0


@pytest.mark.parametrize(
    ("code", "text"),
    [
        # of another dimension
        ("PLAT", "%"),
        ("PLAT", "g/L"),
        ("PLAT", "mg/dL"),
        ("PLAT", "10^9"),
        ("PLAT", "L"),
        ("HGB", "U/L"),
        ("HGB", "L"),
        ("CREAT", "mg"),
        ("CREAT", "mol"),
        ("CREAT", "mL/min"),
        ("EGFR", "mL/min"),
        ("EGFR", "mL/min/m2"),
        ("ALT", "mg/L"),
        ("EGFR", "mL/min/1.73m"),
        ("EGFR", "mL/min/1.73m3"),
        ("EGFR", "mL/min/173m2"),
        ("ALT", "UL"),
        ("ALT", "U"),
        # with two readings: mega or milli, thousands or millions, and a litre that may be a one
        ("ALT", "MU/L"),
        ("ALT", "MIU/L"),
        ("PLAT", "M/µL"),
        ("PLAT", "mill/µL"),
        ("PLAT", "mill/mm3"),
        ("PLAT", "10^9/1"),
        # of nothing that is measured here
        ("HGB", "stone"),
        ("HGB", "g/dL (serum)"),
        ("PLAT", "10^9/L/"),
        ("PLAT", "/"),
        ("PLAT", ""),
        ("PLAT", "1/2L"),
        ("CREAT", "mg/d1"),
        ("ALT", "J/L"),
        ("CREAT", "10^-3 mg/dL"),
        ("HGB", "g" * 50),
        ("CREAT", "mEq/L"),
        ("PLAT", "H"),
    ],
)
def test_what_is_not_a_unit_of_the_analyte_is_not_read(study, code, text):
    assert study.analyte(code).known_factor(text) is None


def test_capitals_are_told_apart_by_what_is_measured(study):
    assert study.analyte("HGB").factor("G/L") == 0.1
    assert study.analyte("PLAT").factor("G/L") == 1.0
    assert len(unit_readings("G/L")) == 2


def test_a_unit_that_the_parser_cannot_read_is_known_by_its_name_in_the_dictionary():
    assert unit_factor("drop", {"drop": 2.0}) == 2.0
    assert unit_factor("drops", {"drop": 2.0}) is None


_PREFIXES = {"": 0, "m": -3, "u": -6, "µ": -6, "μ": -6, "mc": -6, "n": -9}


@given(
    mass=st.sampled_from(["g", "mol"]),
    upper=st.sampled_from([*_PREFIXES]),
    lower=st.sampled_from([*_PREFIXES, "d"]),
    litre=st.sampled_from(["L", "l"]),
    between=st.sampled_from(["{0}/{1}", "{0} / {1}", "{0} per {1}", "{0}.{1}-1", "{0}·{1}⁻¹", "{0}/1 {1}"]),
)
def test_a_concentration_is_the_quotient_of_its_prefixes(mass, upper, lower, litre, between):
    text = between.format(upper + mass, lower + litre)
    (reading,) = [one for one in unit_readings(text) if one.bases == (("L", -1), (mass, 1))]
    assert reading.scale == Fraction(10) ** (_PREFIXES[upper] - (-1 if lower == "d" else _PREFIXES[lower]))


@given(st.text(max_size=45))
def test_any_text_is_read_or_not_without_an_error(text):
    assert all(reading.scale > 0 for reading in unit_readings(text))
