from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.patients.deaths import DEATHS_TABLE
from duonen_stats.plan import INTERIM


def test_causes_add_up_to_the_deaths(datasets, study):
    rows = [
        [plain(cell) for cell in row.cells]
        for row in produce(DEATHS_TABLE, datasets, study, INTERIM).content.rows
    ]
    deaths = int(rows[0][1].split(" ")[0])
    assert deaths == int(datasets.adsl["DTHDT"].notna().sum())
    causes = rows[2 : 3 + len(study.table("follow_up").column("DTHCAUSE").codes)]
    assert causes[-1][0] == "Not recorded"
    assert sum(int(row[1].split(" ")[0]) for row in causes) == deaths
    assert rows[-1][0] == "Days from the last cycle to death, median (range)"
