from dataclasses import replace

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.plan import INTERIM


def test_the_value_of_the_plan_is_on_the_grid_of_the_preset():
    assert INTERIM.bed_alpha_beta in INTERIM.bed_alpha_beta_grid
    assert INTERIM.bed_repair_hours in INTERIM.bed_repair_grid


@pytest.mark.parametrize("field", ["bed_alpha_beta", "bed_repair_hours", "bed_biological_hours"])
def test_a_constant_of_the_model_is_above_zero(field):
    with pytest.raises(PlanError, match=field):
        replace(INTERIM, **{field: 0.0})


def test_a_grid_rises():
    with pytest.raises(PlanError, match="bed_repair_grid"):
        replace(INTERIM, bed_repair_grid=(2.8, 1.5))
