"""How a spread is computed: the mean of some seeds and an interval around it."""

import numpy as np


def interval(values) -> tuple[float, float, float, int]:
    """Mean, low, high and number of ``values``: a bootstrap 95 % interval from five values on, else their range."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if not len(values):
        return (np.nan, np.nan, np.nan, 0)
    low, high = values.min(), values.max()
    if len(values) >= 5 and low < high:
        from scipy.stats import bootstrap

        drawn = bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(0))
        low, high = drawn.confidence_interval
    return (float(values.mean()), float(low), float(high), len(values))
