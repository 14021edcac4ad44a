"""Best overall response of a patient by RECIST 1.1, with or without confirmation."""

from collections.abc import Sequence

from duonen_stats.sap import Plan

RESPONSES = ("CR", "PR", "SD", "PD", "NE")
"""From the best to the worst; NE is not evaluable."""

OBJECTIVE = frozenset({"CR", "PR"})
CONTROL = OBJECTIVE | {"SD"}


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
        One of ``RESPONSES``. A response that is not confirmed where it has to be counts as stable disease, if it was
        seen late enough.
    int or None
        Position of the assessment; None if nothing evaluable was seen.

    Source: RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247, §4.4-4.6 and Table 3.
    """
    seen = [response or "NE" for response in responses]
    for best, enough in (("CR", {"CR"}), ("PR", OBJECTIVE)):
        first = _first_response(days, seen, enough, rules)
        if first is not None:
            return best, first
    for place, (day, response) in enumerate(zip(days, seen, strict=True)):
        if response in CONTROL and day >= rules.stable_disease_days:
            return "SD", place
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

    Source: RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247, §4.6 (duration of overall response).
    """
    return _first_response(days, [response or "NE" for response in responses], OBJECTIVE, rules)


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
    """Whether the response is seen again in time, with nothing worse in between; NE in between is no harm."""
    for later in range(place + 1, len(seen)):
        if seen[later] in enough and days[later] - days[place] >= rules.confirmation_days:
            return True
        if seen[later] not in enough and seen[later] != "NE":
            return False
    return False
