"""Data cuts in which survival statistics have no value: raw records made by hand."""

from patients import contact, cycles, day, event, make_cut, subject
from survival_patients import scan

ARMS = "ABCD"


def patient(number, arm, *, event_on=None, seen=(84, 168), last=490, treated=True):
    """Raw records of one patient of an arm: scans at ``seen`` days, progression on ``event_on``."""
    subjid = f"{arm}{number}"
    scans = [scan(subjid, on) for on in seen]
    if event_on is not None:
        scans = [one for one in scans if one["ASSESSDT"] < day(event_on)] + [scan(subjid, event_on, "PD")]
    grades = ("G1", "G2")
    return {
        "subjects": [
            subject(
                subjid, arm, RANDDT=day(0), AGE=60 + number, SEX="MF"[number % 2], GRADE=grades[number % 2]
            )
        ],
        "tumour_assessments": scans,
        "follow_up": [contact(subjid, last)],
        "administrations": cycles(subjid, [7400.0] * 4) if treated else [],
        "adverse_events": [event(subjid, 1, 30, GRADE=3)] if number == 1 and treated else [],
    }


def cut_from(patients, cut_day=500):
    tables = {}
    for one in patients:
        for name, rows in one.items():
            tables.setdefault(name, []).extend(rows)
    return make_cut(cut_day=cut_day, **tables)


def arms_of(each, arms=ARMS, **rest):
    return [patient(number, arm, **rest) for arm in arms for number in range(each)]


def events_in(arms, each=5):
    """Patients of all arms; those of ``arms`` progress, one after the other."""
    return [
        patient(number, arm, event_on=100 + 20 * number + ord(arm) % 4 if arm in arms else None)
        for arm in ARMS
        for number in range(each)
    ]


CUTS = {
    "no event in the control arm": lambda: cut_from(events_in("BCD")),
    "no event in the experimental arms": lambda: cut_from(events_in("A")),
    "no event at all": lambda: cut_from(events_in("")),
    "control arm empty": lambda: cut_from(
        [one for one in events_in("BCD") if one["subjects"][0]["ARM"] != "A"]
    ),
    "arm C empty": lambda: cut_from([one for one in events_in("ABD") if one["subjects"][0]["ARM"] != "C"]),
    "all censored on day 1": lambda: cut_from(arms_of(5, seen=(1,), last=1), cut_day=1),
    "nobody assessed": lambda: cut_from(arms_of(5, seen=(), last=0, treated=False)),
    "all events on one day": lambda: cut_from(arms_of(5, event_on=84)),
    "one patient": lambda: cut_from([patient(1, "B", event_on=90)]),
    "one patient an arm": lambda: cut_from(arms_of(1, event_on=90)),
    "no patient": lambda: cut_from([]),
    "all die on the day of randomisation": lambda: cut_from(
        [
            one | {"follow_up": [contact(one["subjects"][0]["SUBJID"], 0, died=True)]}
            for one in arms_of(5, seen=(), treated=False)
        ]
    ),
}
