"""The log marginal likelihood against that of other programs, and against integration."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.priors import PriorKind
from tests.stats import references
from tests.stats.pooled.programmes import row


def test_log_marginal_without_priors_is_that_of_glmmtmb():
    rows = [
        row(one["study"], "p", one["trt"], int(one["n"]), int(one["y"]))
        for one in references.rows("smoking_nma")
    ]
    found = estimate_pooled(gather_cells(rows), PooledOptions(priors=PriorKind.NONE))
    answer = references.answers("smoking_nma_reml")["results"]["study_fixed"]["REML"]
    assert found.log_marginal == pytest.approx(answer["logLik"], abs=1e-4)


def test_log_marginal_of_two_variants_equals_integration():
    nobs, counts = (400, 500), (60, 110)
    found = estimate_pooled(
        gather_cells([row("e", "p", *one) for one in zip("ab", nobs, counts, strict=True)]),
        PooledOptions(),
    )
    level, contrast = np.linspace(-3, 0, 601)[:, None], np.linspace(-4, 4, 1601)
    total = norm.pdf(contrast)
    for sign, people, count in zip((1, -1), nobs, counts, strict=True):
        logit = level + sign * contrast / np.sqrt(2)
        total = total * binom.pmf(count, people, 1 / (1 + np.exp(-logit)))
    step = (level[1] - level[0])[0] * (contrast[1] - contrast[0])
    assert found.log_marginal == pytest.approx(np.log(total.sum() * step), abs=0.01)
