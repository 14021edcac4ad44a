from dataclasses import replace

import numpy as np

from duonen_stats.datasets import build_datasets
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.survival import analyse_primary
from duonen_stats.simulated.cut.simulation import USUAL, simulate_cut
from duonen_stats.trials.one_trial import Scenario, analyse_trial, part_values, run_part, seeds_of

SCENARIO = Scenario(
    seed=3, stage="FINAL", patients=24, plan=FINAL, assumptions=USUAL, names=("pfs.primary.log_rank",)
)


def test_a_trial_has_the_results_that_a_report_of_its_cut_has(study):
    cut_seed, own_seed = seeds_of(3, 7)
    cut, plan = simulate_cut(cut_seed, 24, "FINAL", study=study), replace(FINAL, seed=own_seed)
    wanted = analyse_primary(build_datasets(cut, study, plan), study, plan)
    assert [*analyse_trial(SCENARIO, 7, study, SCENARIO.chosen(study))] == wanted


def test_a_part_is_read_as_it_was_written_and_no_other():
    part = run_part(SCENARIO, "mark", 4, 2)
    values = part_values(part, "mark", 4, 2, 4)
    assert values.shape == (2, 4)
    assert np.isfinite(values).all()
    assert run_part(SCENARIO, "mark", 4, 2) == part
    for told in (("other", 4, 2, 4), ("mark", 5, 2, 4), ("mark", 4, 3, 4), ("mark", 4, 2, 5)):
        assert part_values(part, *told) is None
    assert part_values(part[:-9], "mark", 4, 2, 4) is None
    assert part_values(part[:60] + b"x" + part[61:], "mark", 4, 2, 4) is None


def test_seeds_are_children_of_the_seed_of_the_run():
    words = np.random.SeedSequence(9).spawn(4)[3].generate_state(3, np.uint32)
    assert seeds_of(9, 3) == ((int(words[0]) << 31) + int(words[1]) // 2, int(words[2]))
    assert 0 <= seeds_of(9, 3)[0] < 2**63
