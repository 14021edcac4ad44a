from dataclasses import replace

import numpy as np
import pytest
from made_times import ABOUT, spread, times

from duonen_stats.methods import cox_model
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.subgroups import analyse_subgroups, interaction_rows
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import two_groups


@pytest.fixture(scope="module")
def found(datasets, study):
    return Results(analyse_subgroups(datasets, study, FINAL))


@pytest.mark.parametrize("factor", ["sex", "age", "primary", "grade", "liver"])
def test_subgroups_of_a_factor_make_up_the_trial(found, factor):
    own = [row for row in found if row.analysis_id.startswith(f"pfs.subgroup.{factor}.")]
    counts = {
        name: sum(r.stat for r in own if r.stat_name == name) for name in ("n_experimental", "n_control")
    }
    assert counts == {"n_experimental": 40, "n_control": 16}
    events = sum(r.stat for r in own if r.stat_name.startswith("events_"))
    assert events == 11


def test_a_subgroup_without_control_patients_says_so(found):
    assert found.row("pfs.subgroup.primary.STOMACH.hr.hr").note == "no patient in arm A"


def test_small_subgroups_are_left_out_of_the_interaction_and_named(found):
    method = found.row("pfs.subgroup.primary.interaction.p").method
    assert method.endswith("without STOMACH, HINDGUT, OTHER")
    assert found.value("pfs.subgroup.primary.interaction.df") is None  # pancreas: events in one group only
    assert "no finite hazard ratio" in found.row("pfs.subgroup.primary.interaction.p").note
    assert found.value("pfs.subgroup.sex.interaction.df") == 1


def test_the_interaction_is_the_gain_of_the_model_with_it():
    sample = times(*spread("A", 10, step=1.5), *spread("B", 10, step=2.5, first=1.3))
    member = np.array(["x", "y"] * 10, dtype=object)
    groups = two_groups(sample, ("B",), FINAL)
    found = Results(interaction_rows(groups, member, ("x", "y"), ABOUT, FINAL))
    t, y = (sample.arm == "B").astype(float), (member == "y").astype(float)
    small = cox_model(sample.time, sample.event, np.column_stack((t, y)))
    large = cox_model(sample.time, sample.event, np.column_stack((t, y, t * y)))
    assert found.value("t.statistic") == pytest.approx(2 * (large.loglik - small.loglik))


def test_patients_without_the_characteristic_are_in_no_subgroup(datasets, study):
    adsl = datasets.adsl.assign(
        SEX=None, AGE=datasets.adsl["AGE"].astype("Int64").mask(datasets.adsl.index < 5)
    )
    data = type(datasets)(**{name: getattr(datasets, name) for name in datasets.__slots__} | {"adsl": adsl})
    found = Results(analyse_subgroups(data, study, FINAL))
    assert found.value("pfs.subgroup.sex.M.n_experimental") == 0
    assert found.row("pfs.subgroup.sex.interaction.p").note
    aged = sum(
        found.value(f"pfs.subgroup.age.{level}.{name}")
        for level in ("lt65", "ge65")
        for name in ("n_experimental", "n_control")
    )
    assert aged == 51


def test_subgroups_follow_the_plan_and_a_value_at_a_cut_point_is_of_the_upper_one(datasets, study):
    plan = replace(FINAL, subgroups=("AGE:50:65", "RACE"))
    results = Results(analyse_subgroups(datasets, study, plan))
    assert results.value("os.subgroup.factors") == 2
    ages = datasets.adsl["AGE"]
    for level, inside in (
        ("lt50", ages < 50),
        ("50to65", (ages >= 50) & (ages < 65)),
        ("ge65", ages >= 65),
    ):
        block = f"pfs.subgroup.age.{level}"
        found = results.value(f"{block}.n_experimental") + results.value(f"{block}.n_control")
        assert found == inside.sum(), level
    assert (ages == 65).any()
    row = results.row("pfs.subgroup.age.50to65.n_control")
    assert (row.variable, row.variable_level) == ("Age", "50 to below 65 years")
    assert not [one for one in results if ".subgroup.sex." in one.analysis_id]
    assert results.row("pfs.subgroup.race.unknown.n_control").variable == "Race"
