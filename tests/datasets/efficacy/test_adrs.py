from dataclasses import replace

import pandas as pd
import pytest
from patients import day
from survival_patients import cut_of, history, scan

from duonen_stats.datasets.build import accounting, build_datasets
from duonen_stats.datasets.efficacy.adrs import PARAMETERS
from duonen_stats.plan import FINAL
from duonen_stats.study import load_study


def sized(subjid, on, mm, response="SD", lesion="N"):
    return scan(subjid, on, response, lesion) | {"SUMDIAM": mm}


def shrinking():
    """Scans of five patients; SUMDIAM 50 mm where nothing else is said."""
    one = history("responds", therapy=400)
    one["tumour_assessments"] = [
        sized("responds", -30, 200.0, "NE"),
        sized("responds", -5, 100.0, "NE"),
        sized("responds", 84, 80.0),
        sized("responds", 168, 60.0, "PR"),
        sized("responds", 252, None, "PR"),
        sized("responds", 336, 75.0, "PD"),
        sized("responds", 420, 30.0, "PR"),  # after progression: counts for nothing
    ]
    two = history("therapy", therapy=100)
    two["tumour_assessments"] = [
        sized("therapy", 0, 40.0, "NE"),
        sized("therapy", 84, 44.0),
        sized("therapy", 168, 10.0, "PR"),  # after another treatment began
    ]
    three = history("lesion", (84, "SD", "Y"))
    four = history("unmeasured", (84, "PR"), (600, "PD"))
    four["tumour_assessments"] = [sized("unmeasured", 84, None, "PR"), sized("unmeasured", 600, 9.0, "PD")]
    return [one, two, three, four, history("never seen")]


@pytest.fixture(scope="module")
def built():
    study = load_study()
    cut = cut_of(shrinking())
    return cut, build_datasets(cut, study, FINAL), study


def answers(adrs, code, column="AVALC"):
    rows = adrs[adrs["PARAMCD"].eq(code)].set_index("SUBJID")[column]
    return rows.to_dict()


def test_best_response_and_what_it_is(built):
    adrs = built[1].adrs
    assert answers(adrs, "BOR") == {
        "responds": "PR",
        "therapy": "SD",
        "lesion": "PD",
        "unmeasured": "PR",
        "never seen": "NE",
    }
    assert answers(adrs, "OBJRESP") == {
        "responds": "Y",
        "therapy": "N",
        "lesion": "N",
        "unmeasured": "Y",
        "never seen": "N",
    }
    assert answers(adrs, "DISCTRL")["therapy"] == "Y"
    first = adrs[adrs["PARAMCD"].eq("FRESP")].set_index("SUBJID")["ADT"].to_dict()
    assert first == {"responds": pd.Timestamp(day(168)), "unmeasured": pd.Timestamp(day(84))}


def test_best_change_counts_up_to_progression_and_other_treatment(built):
    change = answers(built[1].adrs, "BESTCHG", "AVAL")
    assert change == pytest.approx(
        {"responds": -40.0, "therapy": 10.0}
    )  # others have no sum before and after


def test_size_changes_from_the_last_baseline(built):
    adrs = built[1].adrs
    size = adrs[adrs["PARAMCD"].eq("SUMDIAM") & adrs["SUBJID"].eq("responds")]
    assert size["ABLFL"].tolist() == [None, "Y", None, None, None, None]
    assert size["ADY"].tolist() == [-30, -5, 85, 169, 337, 421]
    assert size["BASE"].dropna().unique().tolist() == [100.0]
    assert size["PCHG"].dropna().tolist() == pytest.approx([-20, -40, -25, -70])
    assert size["ANL01FL"].tolist() == [None, None, "Y", "Y", "Y", None]


def test_every_assessment_up_to_the_cut_has_its_row_and_is_accounted_for(built):
    cut, data, _ = built
    overall = data.adrs[data.adrs["PARAMCD"].eq("OVRLRESP")]
    assert overall["SRCSEQ"].is_unique
    counts = accounting(cut, data).set_index("table").loc["tumour_assessments"]
    assert counts.tolist() == [13, len(overall), 1]
    assert answers(overall[overall["SUBJID"].eq("lesion")], "OVRLRESP") == {"lesion": "PD"}


def test_duration_of_response_and_its_censoring(built):
    times = built[1].adtte
    dor = times[times["PARAMCD"].eq("DOR")].set_index("SUBJID")
    assert sorted(dor.index) == ["responds", "unmeasured"]
    assert (dor.loc["responds", "AVAL"], dor.loc["responds", "CNSR"]) == ((336 - 168) / 30.4375, 0)
    assert (dor.loc["unmeasured", "AVAL"], dor.loc["unmeasured", "CNSR"]) == (0.0, 1)


@pytest.mark.parametrize("confirmation", ["none", "confirmed"])
def test_a_response_lasts_from_when_it_was_partial_though_it_became_complete(built, confirmation):
    cut = cut_of([history("deepens", (84, "SD"), (168, "PR"), (252, "CR"), (336, "CR"), (420, "PD"))])
    data = build_datasets(cut, built[2], replace(FINAL, response_confirmation=confirmation))
    best, first = (data.adrs[data.adrs["PARAMCD"].eq(code)].iloc[0] for code in ("BOR", "FRESP"))
    assert (best["AVALC"], best["ADT"]) == ("CR", pd.Timestamp(day(252)))
    assert (first["AVALC"], first["ADT"], first["ADY"]) == ("PR", pd.Timestamp(day(168)), 169)
    dor = data.adtte[data.adtte["PARAMCD"].eq("DOR")].iloc[0]
    assert (dor["AVAL"], dor["CNSR"]) == ((420 - 168) / 30.4375, 0)


def test_a_response_that_must_be_confirmed(built):
    cut, _, study = built
    confirmed = build_datasets(cut, study, replace(FINAL, response_confirmation="confirmed")).adrs
    assert answers(confirmed, "BOR") == {
        "responds": "PR",
        "therapy": "SD",
        "lesion": "PD",
        "unmeasured": "SD",
        "never seen": "NE",
    }


def test_parameters_are_numbered_in_order(built):
    adrs = built[1].adrs
    numbered = adrs[["PARAMCD", "PARAMN"]].drop_duplicates().set_index("PARAMCD")["PARAMN"].to_dict()
    assert numbered == {code: place for place, code in enumerate(PARAMETERS, 1)}
