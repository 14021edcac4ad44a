from dataclasses import replace

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.patients.disposition import DISPOSITION
from duonen_stats.plan import INTERIM


def test_cycles_received_partition_the_treated(cells):
    rows = cells("table_s1")
    for column in range(5):
        by_cycles = sum(int(rows[str(cycle)][column].split()[0]) for cycle in range(1, 5))
        assert by_cycles == int(rows["Safety: at least one cycle"][column].split()[0])


def test_reasons_partition_the_discontinued(cells):
    rows = cells("table_s1")
    names = list(rows)
    reasons = names[names.index("Reason for discontinuation") + 1 : -1]
    assert sum(int(rows[name][0].split()[0]) for name in reasons) == int(
        rows["Treatment discontinued"][0].split()[0]
    )


def test_completeness_is_of_the_patients_who_had_the_cycle(cells):
    assert cells("table_s8")["V4"][0] == "48 (100%)"


def test_unknown_status_and_life_are_rows_where_there_are_any(datasets, study):
    adsl = datasets.adsl.copy()
    adsl.loc[adsl.index[:2], "EOTSTT"] = None
    adsl.loc[adsl.index[2:5], "EOTSTT"] = "ONGOING"
    alive = adsl.index[adsl["DTHDT"].isna()][:1]
    adsl.loc[alive, "LSTALVDT"] = None
    spoilt = produce(DISPOSITION, replace(datasets, adsl=adsl), study, INTERIM)
    rows = {plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]] for row in spoilt.content.rows}
    assert rows["Status of treatment unknown"][0] == "2 (3.6%)"
    assert rows["Treatment going on"][0] == "3 (5.4%)"
    assert rows["Not known whether alive"][0] == "1 (1.8%)"
    whole = produce(DISPOSITION, datasets, study, INTERIM)
    names = {plain(row.cells[0]) for row in whole.content.rows}
    assert not names & {"Status of treatment unknown", "Treatment going on", "Not known whether alive"}
