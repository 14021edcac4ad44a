import pytest

from duonen_stats.raw.suggest.recognise import (
    activity_of,
    analyte_of,
    bare,
    code_finder,
    column_of,
    dose_of,
)


def test_names_are_compared_without_accents_signs_and_case():
    assert bare(" Płeć_(K/M) ") == "plec k m"


@pytest.mark.parametrize(
    ("table", "header", "found"),
    [
        ("labs", "Nr pacjenta", ("SUBJID", True)),
        ("labs", "LBDT", ("LBDT", True)),
        ("labs", "Kod", ("SUBJID", False)),  # or of a test
        ("labs", "Pobrano", ("LBDT", True)),
        ("labs", "Cykl/wizyta", ("VISIT", True)),
        ("labs", "Unità di misura", ("UNIT", True)),
        ("labs", "Výsledek", ("VALUE", True)),
        ("subjects", "Geschlecht", ("SEX", True)),
        ("labs", "Date of sampling", ("LBDT", True)),  # its label
        ("labs", "Date of samplng", ("LBDT", False)),
        ("labs", "Uwagi", None),
        ("subjects", "Ki-67 [%]", ("KI67", True)),
        ("subjects", "Stopień", ("GRADE", True)),
        ("adverse_events", "Severity", ("GRADE", True)),
        ("adverse_events", "AESTDTC", ("STARTDT", True)),
        ("adverse_events", "AEDECOD", ("PT", True)),
        ("concomitant_therapies", "CMTRT", ("TERM", True)),
        ("protocol_deviations", "DVTERM", ("TERM", True)),
        ("follow_up", "Przyczyna zgonu", ("DTHCAUSE", True)),
    ],
)
def test_columns(study, table, header, found):
    assert column_of(header, study.table(table)) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("HGB [g/l]", ("HGB", "HGB")),
        ("Płytki krwi", ("PLAT", "Płytki krwi")),
        ("Bilirubina całk. (µmol/l)", ("BILI", "Bilirubina całk.")),
        ("Kreatynina (surowica)", ("CREAT", "Kreatynina (surowica)")),
        ("GFR wg CKD-EPI (ml/min/1,73m2)", ("EGFR", "GFR wg CKD-EPI")),
        ("NEUT% [%]", None),
        ("Neutrofile [%]", None),
        ("HGB [U/l]", None),  # a unit of something else
        ("MCV [fL]", None),
        ("Retikulocyty [G/l]", ("RETIC", "Retikulocyty")),
        ("Blasty [%]", ("BLAST", "Blasty [%]")),  # what is measured in %
    ],
)
def test_analytes(study, header, found):
    assert analyte_of(header, study) == found


@pytest.mark.parametrize(
    ("header", "activity", "dose"),
    [
        ("A podana 177Lu [GBq]", "LU177", None),
        ("A przygotowana 177Lu [GBq]", None, None),
        ("lu_mbq", "LU177", None),
        ("D nerki śr. 177Lu [Gy]", None, ("KIDNEY", "LU177")),
        ("D nerka L 177Lu [Gy]", None, None),
        ("D nerki 177Lu [Gy/GBq]", None, None),
        ("Marrow 90Y [mGy]", None, ("MARROW", "Y90")),
        ("Kidney 177Lu and 90Y", None, None),
    ],
)
def test_activities_and_doses(header, activity, dose):
    assert (activity_of(header), dose_of(header)) == (activity, dose)


@pytest.mark.parametrize(
    ("table", "column", "value", "found"),
    [
        ("subjects", "SEX", "K", (True, "F")),
        ("subjects", "METLIV", "tak", (True, "Y")),
        ("subjects", "GRADE", "2", (True, "G2")),
        ("subjects", "RACE", "Martian", (False, None)),
        ("labs", "VISIT", "przed C2", (True, "T2")),
        ("labs", "VISIT", "after cycle 4", (True, "V4")),
        ("labs", "VISIT", "CYCLE 1 PRE", (True, "T1")),
        ("adverse_events", "GRADE", "st. 1", (True, "1")),
        ("adverse_events", "RELATED", "możliwy", (True, "Y")),
        ("labs", "VISIT", "cycle 4", (False, None)),  # before or after
        ("labs", "VISIT", "nieplanowa", (True, "UNS")),
        ("labs", "VISIT", "kontrola 12", (True, "F12")),
        ("vital_signs", "VISIT", "Follow-up 3", (True, "F3")),
        ("labs", "VISIT", "kontrola 0", (False, None)),
        ("administrations", "CYCLE", "F2", (False, None)),
        ("labs", "ANALYTE", "AspAT", (True, "AST")),
        ("administrations", "CYCLE", "cycle_3_arm_1", (True, "T3")),
        ("adverse_events", "OUTCOME", "NOT RECOVERED/NOT RESOLVED", (True, "NOT_RECOVERED")),
        ("reference_ranges", "SEX", "K/M", (True, None)),
    ],
)
def test_values(study, table, column, value, found):
    own = study.table(table)
    assert code_finder(own.column(column), own, study)(value) == found
