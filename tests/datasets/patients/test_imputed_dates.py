from patients import contact, cycles, event, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM


def test_datasets_say_what_of_a_date_was_imputed(study):
    """The day, month and day, or all of it; nothing of a date that was recorded, or is missing."""
    events = [
        event("001", 1, 10),
        event("001", 2, 31, STARTDTC="2024-02", ENDDT="2024-02-29", ENDDTC="2024-02"),
        event("001", 3, 0, STARTDTC="2024", ENDDTC="UNK"),
        event("001", 4, 0, STARTDTC="UNK"),
    ]
    died = contact("001", on=300, died=True) | {"DEATHDTC": "2024-10", "LASTDTC": "2024-10"}
    cut = make_cut(
        subjects=[subject("001"), subject("002")],
        administrations=cycles("001", [7400.0]),
        follow_up=[died, contact("002")],
        adverse_events=events,
    )
    built = build_datasets(cut, study, INTERIM)
    adae = built.adae.set_index("AESEQ").sort_index()
    assert adae["ASTDTF"].tolist() == [None, "D", "M", "Y"]
    assert adae["AENDTF"].tolist() == [None, "D", None, None]
    assert built.adsl["DTHDTF"].tolist() == ["D", None]
    assert built.adsl["LSTALVDF"].tolist() == ["D", None]
    cut = make_cut(cut_day=200, subjects=[subject("001")], follow_up=[died])
    early = build_datasets(cut, study, INTERIM).adsl
    assert early[["DTHDTF", "LSTALVDF"]].isna().all(axis=None)  # not known yet at the data cut
