import pandas as pd

from duonen_stats.datasets.patients.screening import join_set_aside, screen


def rows(n):
    return pd.DataFrame(
        {"SUBJID": [f"{i:03}" for i in range(n)], "_ROW": range(2, n + 2)}, index=range(9, 9 + n)
    )


def test_the_first_failed_check_gives_the_reason():
    table = rows(3)
    checks = [
        (pd.Series([True, False, False], index=table.index), "late"),
        (pd.Series([True, True, False], index=table.index), "odd"),
    ]
    screened = screen(table, "labs", checks)
    assert screened.used["SUBJID"].tolist() == ["002"]
    assert screened.set_aside.to_numpy().tolist() == [["labs", 2, "000", "late"], ["labs", 3, "001", "odd"]]


def test_an_empty_table_has_nothing_to_set_aside():
    screened = screen(rows(0), "labs", [(pd.Series([], dtype=bool), "late")])
    assert len(screened.used) == len(screened.set_aside) == 0
    assert list(screened.set_aside.columns) == ["table", "row", "subject", "reason"]


def test_joining_orders_by_table_and_row():
    late = pd.Series([True, True], index=rows(2).index)
    labs = screen(rows(2), "labs", [(late, "late")]).set_aside
    events = screen(rows(1), "adverse_events", [(late.iloc[:1], "late")]).set_aside
    joined = join_set_aside([labs.iloc[[1]], events, labs.iloc[[0]]])
    assert joined[["table", "row"]].to_numpy().tolist() == [["labs", 2], ["labs", 3], ["adverse_events", 2]]
