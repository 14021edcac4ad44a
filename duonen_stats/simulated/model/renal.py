"""The filtration rate a site reports with a creatinine."""

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.model.randomness import Floats


def ckd_epi_2021(creatinine: Floats, age: NDArray[np.int64], female: NDArray[np.bool_]) -> Floats:
    """Estimate the glomerular filtration rate from serum creatinine.

    Parameters
    ----------
    creatinine
        mg/dL, standardised.
    age
        Years.
    female
        Whether the patient is a woman.

    Returns
    -------
    numpy.ndarray
        mL/min/1.73 m².

    References
    ----------
    Inker et al. (2021) N Engl J Med 385:1737-1749 (CKD-EPI 2021, without race).
    """
    kappa = np.where(female, 0.7, 0.9)
    alpha = np.where(female, -0.241, -0.302)
    ratio = creatinine / kappa
    rate = 142 * np.minimum(ratio, 1) ** alpha * np.maximum(ratio, 1) ** -1.2
    return np.asarray(rate * 0.9938**age * np.where(female, 1.012, 1.0), dtype=np.float64)
