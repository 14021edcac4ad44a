"""Worked histories for PFS and OS: each patient randomised on day 0, in a cut on day 500."""

from patients import administration, contact, day, ended, make_cut, subject

from duonen_stats.datasets.patients.subjects import add_identifiers


def scan(subjid, on, response="SD", lesion="N"):
    return {
        "SUBJID": subjid,
        "ASSESSDT": day(on),
        "METHOD": "CT",
        "SUMDIAM": 50.0,
        "NEWLESION": lesion,
        "RESPONSE": response,
    }


def history(subjid, *scans, died=None, last=490, status=None, therapy=None, withdrawn=None, given=None):
    """Raw records of one patient: scans are (day, response) or (day, response, lesion)."""
    seen = contact(subjid, last if died is None else died, died=died is not None)
    if status is not None:
        seen["STATUS"] = status
    if therapy is not None:
        seen |= {"NEWTRTDT": day(therapy), "NEWTRT": "Everolimus"}
    return {
        "subjects": [subject(subjid, "ABCD"[hash_of(subjid) % 4], RANDDT=day(0))],
        "tumour_assessments": [scan(subjid, *one) for one in scans],
        "follow_up": [seen],
        "disposition": [] if withdrawn is None else [ended(subjid, "DISCONTINUED", withdrawn, "WITHDRAWAL")],
        "administrations": [] if given is None else [administration(subjid, "T1", given, 7400.0)],
    }


def hash_of(text):
    return sum(map(ord, text))


def cut_of(histories, cut_day=500):
    tables = {}
    for one in histories:
        for table, rows in one.items():
            tables.setdefault(table, []).extend(rows)
    return make_cut(cut_day=cut_day, **tables)


def identified(cut, study):
    """As much of ADSL as ADTTE needs."""
    return add_identifiers(cut.tables["subjects"], study)
