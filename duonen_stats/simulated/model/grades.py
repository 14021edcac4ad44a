"""CTCAE 5.0 grades of blood values, by which the simulated investigators judge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.model.laboratories import Bench
from duonen_stats.simulated.model.randomness import Floats


@dataclass(frozen=True, slots=True)
class BloodEvent:
    """A kind of event read from blood: its analytes with their terms and bounds.

    ``bounds`` are, for each analyte, those of grades 2, 3 and 4: in the dictionary's unit if ``low``, else in
    multiples of the upper limit of normal. Beyond the limit of normal is grade 1.
    """

    category: str
    low: bool
    analytes: tuple[str, ...]
    terms: tuple[str, ...]
    bounds: tuple[tuple[float, float, float], ...]


BLOOD_EVENTS = (
    BloodEvent("ANEMIA", True, ("HGB",), ("Anemia",), ((10.0, 8.0, 0.0),)),
    BloodEvent("THROMBOCYTOPENIA", True, ("PLAT",), ("Platelet count decreased",), ((75.0, 50.0, 25.0),)),
    BloodEvent(
        "LEUKOPENIA_NEUTROPENIA",
        True,
        ("WBC", "NEUT"),
        ("White blood cell decreased", "Neutrophil count decreased"),
        ((3.0, 2.0, 1.0), (1.5, 1.0, 0.5)),
    ),
    BloodEvent(
        "RENAL_IMPAIRMENT",
        False,
        ("CREAT", "EGFR"),
        ("Creatinine increased", "Creatinine increased"),
        (
            (1.5, 3.0, 6.0),
            (np.inf, np.inf, np.inf),
        ),  # a filtration rate alone ends treatment, but has no grade here
    ),
    BloodEvent(
        "OTHER",
        False,
        ("ALT", "AST", "BILI"),
        (
            "Alanine aminotransferase increased",
            "Aspartate aminotransferase increased",
            "Blood bilirubin increased",
        ),
        ((3.0, 5.0, 20.0), (3.0, 5.0, 20.0), (1.5, 3.0, 10.0)),
    ),
)
"""Source: CTCAE 5.0; categories as in Table 5 of the publication."""


def grades(event: BloodEvent, reported: Floats, bench: Bench) -> NDArray[np.int64]:
    """Grade values of an event's analytes.

    Parameters
    ----------
    event
        The event.
    reported
        (n, visits, analytes) in the order of ``bench``, in the laboratory's units.
    bench
        Units and limits of normal.

    Returns
    -------
    numpy.ndarray
        0 to 4, shape (n, visits, analytes of the event); a missing value, or one without a limit, is 0.
    """
    out = np.zeros((*reported.shape[:2], len(event.analytes)), dtype=np.int64)
    for k, (code, bounds) in enumerate(zip(event.analytes, event.bounds, strict=True)):
        place = bench.analytes.index(code)
        value = reported[:, :, place]
        factor = bench.factor[:, place, None]
        if event.low:
            steps = [bench.low[:, place, None], *(bound / factor for bound in bounds)]
            beyond = [value < step for step in steps]
        else:
            high = bench.high[:, place, None]
            beyond = [value > high, *(value > bound * high for bound in bounds)]
        out[:, :, k] = np.sum(beyond, axis=0)
    return out
