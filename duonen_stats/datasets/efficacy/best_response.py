"""Best overall response of a patient by RECIST 1.1, with or without confirmation."""

from collections.abc import Sequence

from duonen_stats.plan import Plan

NEITHER = "NON-CR/NON-PD"
"""What stable disease is called in a patient none of whose lesions is measured."""

RESPONSES = ("CR", "PR", "SD", NEITHER, "PD", "NE")
"""From the best to the worst; NE is not evaluable."""

OBJECTIVE = frozenset({"CR", "PR"})
_STABLE = frozenset({"SD", NEITHER})
CONTROL = OBJECTIVE | _STABLE


def judged_responses(days: Sequence[int], responses: Sequence[str | None], rules: Plan) -> tuple[str, ...]:
    """Read the recorded responses in the light of those that follow a complete response.

    Disease seen after a complete response has come back, which is progression, or the response was not complete.
    If the complete response was seen twice, ``confirmation_days`` or more apart, it was complete: SD or PR after it
    is read as PD. If not, ``disease_after_complete_response`` says which it is: with ``"progression"`` SD or PR is
    read as PD; with ``"partial_response"`` the complete response is read as PR. Where responses have to be
    confirmed, SD after it is PD in either case, as in Table 3. NON-CR/NON-PD is read as SD is; a complete response
    that was not complete then was NON-CR/NON-PD, because without measured lesions there is no partial response.

    Parameters
    ----------
    days
        Days from randomisation to each assessment, in order.
    responses
        The recorded overall response at each; None is not evaluable.
    rules
        ``disease_after_complete_response``, and what confirms a response.

    Returns
    -------
    tuple of str
        One of ``RESPONSES`` per assessment.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247, Table 3 with footnote a.

    Examples
    --------
    >>> from duonen_stats.plan import FINAL
    >>> judged_responses((60, 120), ("CR", "PR"), FINAL)
    ('PR', 'PR')
    >>> judged_responses((60, 120, 180), ("CR", "CR", "PR"), FINAL)
    ('CR', 'CR', 'PD')
    """
    seen = [response or "NE" for response in responses]
    for place, response in enumerate(seen):
        earlier = [before for before in range(place) if seen[before] == "CR"]
        if response not in {"PR", *_STABLE} or not earlier or "PD" in seen[:place]:
            continue
        complete = any(_confirmed(days, seen[:place], first, {"CR"}, rules) for first in earlier)
        by_table = response in _STABLE and rules.response_confirmation == "confirmed"
        if complete or by_table or rules.disease_after_complete_response == "progression":
            seen[place] = "PD"
        else:
            for first in earlier:
                seen[first] = NEITHER if response == NEITHER else "PR"
    return tuple(seen)


def best_response(
    days: Sequence[int], responses: Sequence[str | None], rules: Plan
) -> tuple[str, int | None]:
    """Find the best response, and which assessment first showed it.

    Parameters
    ----------
    days
        Days from randomisation to each assessment that counts, in order.
    responses
        The overall response at each; None is not evaluable.
    rules
        Whether a response has to be confirmed, after how many days, and how long stable disease has to hold.

    Returns
    -------
    str
        One of ``RESPONSES``. A response that is not confirmed where it has to be counts as stable disease (in a
        patient without measured lesions as NON-CR/NON-PD), if it was seen late enough. What follows a complete
        response is read as :func:`judged_responses` says, and nothing
        after the first progression counts.
    int or None
        Position of the assessment; None if nothing evaluable was seen.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247, §4.4-4.6 and Tables 2 and 3.
    """
    seen = _until_progression(judged_responses(days, responses, rules))
    for best, enough in (("CR", {"CR"}), ("PR", OBJECTIVE)):
        first = _first_response(days, seen, enough, rules)
        if first is not None:
            return best, first
    stable = NEITHER if NEITHER in responses else "SD"
    for place, (day, response) in enumerate(zip(days, seen, strict=False)):  # up to progression
        if response in CONTROL and day >= rules.stable_disease_days:
            return stable, place
    return ("PD", seen.index("PD")) if "PD" in seen else ("NE", None)


def first_response(days: Sequence[int], responses: Sequence[str | None], rules: Plan) -> int | None:
    """Find the assessment that first met the criteria of a complete or partial response, whichever came first.

    Parameters
    ----------
    days, responses, rules
        As in :func:`best_response`. A partial response that later becomes complete began when it was partial.

    Returns
    -------
    int or None
        Position of the assessment; None exactly if the best response is not an objective one.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247, §4.6 (duration of overall response).
    """
    return _first_response(
        days, _until_progression(judged_responses(days, responses, rules)), OBJECTIVE, rules
    )


def _until_progression(seen: tuple[str, ...]) -> tuple[str, ...]:
    return seen[: seen.index("PD") + 1] if "PD" in seen else seen


def _first_response(
    days: Sequence[int], seen: Sequence[str], enough: set[str] | frozenset[str], rules: Plan
) -> int | None:
    for place, response in enumerate(seen):
        if response in enough and (
            rules.response_confirmation == "none" or _confirmed(days, seen, place, enough, rules)
        ):
            return place
    return None


def _confirmed(
    days: Sequence[int],
    seen: Sequence[str],
    place: int,
    enough: set[str] | frozenset[str],
    rules: Plan,
) -> bool:
    """Whether the response is seen again in time, with nothing worse and not too many NE in between."""
    for later in range(place + 1, len(seen)):
        if seen[place + 1 : later].count("NE") > rules.confirmation_not_evaluable:
            return False
        if seen[later] in enough and days[later] - days[place] >= rules.confirmation_days:
            return True
        if seen[later] not in enough and seen[later] != "NE":
            return False
    return False
