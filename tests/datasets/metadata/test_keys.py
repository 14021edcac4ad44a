from duonen_stats.datasets.metadata.keys import LINES, RECORD_KEYS
from duonen_stats.datasets.metadata.variables import DATASETS


def test_every_dataset_has_a_key_of_its_own_variables():
    assert set(DATASETS) == set(RECORD_KEYS)
    for name, tiers in RECORD_KEYS.items():
        known = {item.name for item in DATASETS[name].variables}
        for tier in tiers:
            assert set(tier) <= known
            assert not set(tier) & LINES


def test_the_key_tells_the_records_of_the_cohort_apart(datasets):
    for name, frame in datasets:
        repeated = frame.duplicated(list(RECORD_KEYS[name][0])).sum()
        assert repeated == 0, name


def test_line_numbers_are_columns_of_datasets():
    variables = {item.name for one in DATASETS.values() for item in one.variables}
    assert LINES - variables == {"_ROW"}
