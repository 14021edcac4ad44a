"""Patients chosen from a simulated trial: the counts of Table 1, nobody twice, each in a fitting place."""

import numpy as np
import pandas as pd
import pytest
from calibration_parts import small_targets

from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.pool import COUNTED, candidates, choose_patients
from duonen_stats.simulated.calibration.roster import ARMS, build_roster
from duonen_stats.simulated.cut.simulation import USUAL
from duonen_stats.simulated.cut.tables import tables_around_cycles
from duonen_stats.simulated.model.trial import simulate_trial


def invented(n=6000, seed=3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"ARM": rng.choice(ARMS, n), "DELIVERED": rng.choice([1, 2, 3, 4], n)})
    for column, codes in COUNTED.values():
        frame[column] = np.where(rng.random(n) < 0.5, np.array(codes[0], dtype=object), None)
    stopped = frame["DELIVERED"] < 4
    return frame.assign(
        PLATELETS=stopped & (rng.random(n) < 0.5), SUBJID=[f"{i:04}" for i in range(n)]
    ).set_index("SUBJID")


def targets():
    counts = {f"table1__{entry.replace('.', '__')}__{arm}__n": (5, 0) for entry in COUNTED for arm in ARMS}
    return small_targets(**counts)


def test_counts_are_met_by_different_patients():
    pool, roster = invented(), build_roster(targets())
    pool["PRIMSITE"] = np.random.default_rng(1).choice(
        ["MIDGUT", "PANCREAS", "STOMACH", "HINDGUT", "OTHER"], len(pool)
    )
    wanted = targets()
    fewer = {
        f"table1.primary.{site}.{arm}.n": 3
        for site in ("midgut", "pancreas", "stomach", "hindgut")
        for arm in ARMS
    }
    wanted = type(wanted)(
        {name: type(p)(value=fewer.get(name, p.value)) for name, p in wanted.printed.items()}
    )
    chosen = choose_patients(pool, roster, wanted, np.random.default_rng(1))
    assert chosen.loss == 0
    assert len(set(chosen.patients)) == 56
    found = pool.loc[chosen.patients]
    assert (found["DELIVERED"].to_numpy() == roster.delivered).all()
    assert (found["PLATELETS"].to_numpy() == roster.severe).all()
    assert found.groupby("ARM")["SEX"].apply(lambda sex: (sex == "M").sum()).tolist() == [5] * 4


def test_a_pool_without_the_early_stops_is_too_small():
    pool = invented().query("DELIVERED == 4")
    with pytest.raises(NotEstimable, match="simulate more"):
        choose_patients(pool, build_roster(targets()), targets(), np.random.default_rng(1))


def test_candidates_have_every_visit_and_a_follow_up(study):
    tables = tables_around_cycles(simulate_trial(1, 150, "INTERIM", study, USUAL), study, "a trial")
    found = candidates(tables)
    assert 40 < len(found) < 150
    visits = tables["labs"].query("VISIT != 'UNS'").groupby("SUBJID")["VISIT"].nunique()
    assert (visits[found.index] == 2 * found["DELIVERED"]).all()
