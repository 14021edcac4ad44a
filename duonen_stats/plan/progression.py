"""The decisions of progression, survival and tumour response: what is an event, a response, a missed assessment.

What needs no choice is in the functions: nothing after the data cut is known, and a time starts at randomisation.
"""

from duonen_stats.plan.decision import decision, from_to

DAYS_PER_MONTH = decision(
    30.4375,
    "365.25 / 12: the mean month of four years.",
    "convention",
    within=from_to(28, 31),
    datasets=True,
)
NEW_LESION_IS_PROGRESSION = decision(
    True,
    "A new lesion is progression whatever the target lesions do, and also if the response was recorded "
    "otherwise; the check of the raw data asks for a correction.",
    "RECIST 1.1: Eisenhauer et al. (2009) Eur J Cancer 45:228-247, Table 1",
    choices={
        True: "a new lesion included",
        False: "except that a new lesion alone is not counted",
    },
    datasets=True,
    primary="test",
)
EVALUABLE_RESPONSES = decision(
    ("CR", "PR", "SD", "NON-CR/NON-PD", "PD"),
    "An assessment that is not evaluable does not show that the disease has not progressed.",
    "RECIST 1.1; FDA (2018) Clinical trial endpoints for cancer drugs, Appendix",
    names="response",
    which="with PD",
    least=1,
    datasets=True,
    primary="test",
)
ASSESSMENT_INTERVAL_DAYS = decision(
    84,
    "Twelve weeks, the same for every patient: the publication has patients seen at least every 12 weeks and names no "
    "schedule of scans, so which assessment was missed is judged by this fixed interval, not by planned dates.",
    "§2.4; interval of scans not stated",
    within=from_to(1, 3650),
    unit="days",
    datasets=True,
)
ASSESSMENT_TOLERANCE_DAYS = decision(
    14,
    "An assessment is missed once it is two weeks late, as a cycle may be.",
    "not stated; §2.1: 8±2 weeks",
    within=from_to(0, 3650),
    unit="days",
    datasets=True,
)
MISSED_ASSESSMENTS = decision(
    2,
    "Hypothetical estimand: an event after so many missed assessments in a row is censored.",
    "ICH E9(R1); FDA (2018) Appendix: two or more missed visits",
    within=from_to(1, 100),
    datasets=True,
)
NEW_THERAPY_CENSORING = decision(
    "last_assessment",
    "Hypothetical estimand: the last evaluable assessment up to another antitumor treatment is the last "
    "time at which the patient is known to be without progression under the treatment of the trial.",
    "ICH E9(R1); FDA (2018) Appendix",
    choices={
        "last_assessment": "the last evaluable assessment before another antitumour treatment",
        "new_therapy": "the start of another antitumour treatment",
    },
    datasets=True,
)
BASELINE_SCAN = decision(
    "before_treatment",
    "The last assessment up to the day of the first administration, as close to the start of treatment as there "
    "is; for a patient who was never treated, the last up to randomisation. An assessment after randomisation that "
    "shows progression is an event, not a baseline.",
    "RECIST 1.1, §3.2",
    choices={
        "before_treatment": "the last assessment up to the first administration",
        "before_randomisation": "the last assessment up to randomisation",
    },
    datasets=True,
)
BASELINE_SCAN_DAYS = decision(
    28,
    "A baseline is at most four weeks old when treatment starts.",
    "RECIST 1.1, §3.2",
    within=from_to(0, 3650),
    unit="days",
    datasets=True,
)
BASELINE_SCAN_OUTSIDE = decision(
    "used",
    "An older assessment is reported by the data check and is still the baseline. Without it the patient would have "
    "no change of size, and the patients who are left would be selected by the delay of treatment.",
    "ICH E9, §5.2: all randomised patients; RECIST 1.1, §3.2 would not use it",
    choices={
        "used": "an older one is used if there is no other",
        "not_used": "an older one is not used",
    },
    datasets=True,
)
RESPONSE_CONFIRMATION = decision(
    "none",
    "A randomised trial whose primary endpoint is progression needs no confirmation of a response.",
    "RECIST 1.1, §4.6",
    choices={"none": "confirmation not required", "confirmed": "confirmed"},
    datasets=True,
)
CONFIRMATION_DAYS = decision(
    28,
    "A response to be confirmed is seen again four weeks later or more.",
    "RECIST 1.1, §4.6",
    within=from_to(1, 3650),
    unit="days",
    datasets=True,
    only_if={"response_confirmation": "confirmed", "disease_after_complete_response": "partial_response"},
)
CONFIRMATION_NOT_EVALUABLE = decision(
    1,
    "Number of assessments that may be not evaluable between a response and the one that confirms it: PR, NE, PR "
    "is confirmed; with two or more in a row too much time is unseen.",
    "RECIST 1.1, §4.6: PR-NE-PR is its example; the analysis plan has to say",
    within=from_to(0, 100),
    datasets=True,
    only_if={"response_confirmation": "confirmed", "disease_after_complete_response": "partial_response"},
)
DISEASE_AFTER_COMPLETE_RESPONSE = decision(
    "partial_response",
    "A complete response that was not seen twice and is followed by disease without recorded progression was a "
    "partial response. The other reading is that the disease has come back. The data check asks in either case, and "
    "progression-free survival follows what is recorded.",
    "RECIST 1.1, Table 3, footnote a, which leaves both",
    choices={
        "partial_response": "the complete response is read as partial",
        "progression": "the disease has come back, which is progression",
    },
    datasets=True,
)
STABLE_DISEASE_DAYS = decision(
    42,
    "Stable disease as best response holds for six weeks from randomisation or more.",
    "RECIST 1.1, §4.6: 6-8 weeks",
    within=from_to(0, 3650),
    unit="days",
    datasets=True,
)
