"""Which numbers no second engine has, and why; and of what part of a report a number is."""

import re
from collections.abc import Callable

_OUTCOMES = (
    "the records of an open session hold no follow-up, death, tumour assessment, further therapy, reason for stopping "
    "or outcome of an adverse event"
)
_FIRTH = "Firth's penalised likelihood: no library of the second engine has it with Efron's ties"
_BY_TERM = r"^ae\.(coding|compared|deaths|outcome|outside\.worsened|overview|terms)\."
_BESIDE_PRIMARY = r"^pfs\.(adjusted|assessments|intercurrent|interval|on_schedule|per_protocol)\."
_REASONS = (
    (r"^(pfs|pfshyp|os)\.primary\.permutation\.", "random permutations: another generator draws others"),
    (r"\.firth\.", _FIRTH),
    (r"\.ph\.smooth", "a spline through the residuals, which are confirmed themselves"),
    (r"\.gray\.", "Gray's test: no library of the second engine has it"),
    (r"^pfshyp\.weighted\.", "weights of censoring: no library of the second engine has them by arm and covariates"),
    (r"^pfs\.sensitivity\.delta\.", "random imputations: another generator draws others"),
    (r"^pfs\.sensitivity\.tipping", "rests on random imputations: another generator draws others"),
    (r"^pfs\.interim_power\.|^interim\.", "planning, not a statistic of patients"),
    (r"^audit\.", "of the comparison with the publication, which is read from its ledger and not from patients"),
    (r"^quality\.", "of the check of the raw data, whose list the folder does not hold in full"),
)  # fmt: skip
_RESTS_ON_OUTCOMES = (
    r"^protocol\.(set\.per_protocol|excluded\.deviation|deviation|important)\."
    r"|^disposition\.(reason|died|vital_unknown)\.|^ae\.(deaths|overview\.fatal)\.|^ae\.worst_grade\.(4|5|unknown)\."
    r"|^ae\.interest\.(renal_failure|persistent)|^ae\.terms\.any\..*\.worst\.(4|5|unknown)\."
    r"|^ae\.(outcome|terms)\..*\.(recovered|sequelae|recovering|not_recovered|fatal|unknown|worsened)$"
)
"""Rows of an open session that are computed from records which its folder does not hold."""
_FAMILIES = (
    (r"^(disposition|table1|accrual|deaths)\.", "Patients and baseline"),
    (r"^protocol\.", "Protocol"),
    (r"^(table2|activity)\.", "Activities"),
    (r"^(table3|dose|limit|dose_effect)\.", "Organ doses"),
    (r"^dose_harm\.", "Dose and harm"),
    (r"^exposure\.", "Course of treatment"),
    (r"^labs\.[^.]*\.(model|late)\.", "Laboratory values, repeated"),
    (r"^labs\.", "Laboratory values"),
    (r"^toxicity\.", "Laboratory toxicity"),
    (r"^vitals\.", "Vital signs"),
    (r"^(course|kidney)\.", "Blood counts, kidney by time"),
    (_BY_TERM, "Adverse events by term"),
    (r"^(table5|ae|ae3|monitoring)\.", "Adverse events"),
    (r"^late\.", "Late harm"),
    (_BESIDE_PRIMARY, "Beside the primary analysis"),
    (r"^(pfs|pfshyp|os|dor)\.", "Progression and survival"),
    (r"^therapy\.", "Further therapies"),
    (r"^response\.", "Response"),
    (r"^(quality|audit)\.", "Data quality and audit"),
)
OTHER = "Other"


def family_of(analysis_id: str) -> str:
    """Return the part of a report that a number is of.

    Examples
    --------
    >>> family_of("labs.HGB.V4.A.change.median"), family_of("os.primary.cox.hr")
    ('Laboratory values', 'Progression and survival')
    """
    return next((words for form, words in _FAMILIES if re.search(form, analysis_id)), OTHER)


def why_not(*, records: bool, outcomes: bool) -> Callable[[str, str], str]:
    """Return what says of an id, and of the method of its row, why the second engine has no number.

    Parameters
    ----------
    records, outcomes
        Whether the folder holds records of patients at all, and those of follow-up and assessments.

    Examples
    --------
    >>> why_not(records=True, outcomes=True)("ae3.gray.primary.p", "")
    "Gray's test: no library of the second engine has it"
    """

    def of(analysis_id: str, method: str) -> str:
        if not records:
            return "the folder holds no records of patients to compute it from"
        found = next((words for form, words in _REASONS if re.search(form, analysis_id)), "")
        if not found and not outcomes and re.search(_RESTS_ON_OUTCOMES, analysis_id):
            found = _OUTCOMES
        if not found and "Firth's penalty" in method:  # taken where the likelihood has no maximum
            found = _FIRTH
        return found or "the second engine does not compute it for these data"

    return of
