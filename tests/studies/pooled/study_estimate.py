"""Score the pooled estimator on programmes with known truth; prints means with standard errors.

python -m tests.studies.pooled.study_estimate moderate --seeds 1001-1040 [--break "heavy tails"]
"""

import argparse
import sys

import numpy as np

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from tests.studies.pooled.programmes import BREAKS, PROGRAMMES, change, simulate
from tests.studies.pooled.scores import Score, score


def score_programme(programme, seed):
    """Return the scores of one simulated programme."""
    truth = simulate(programme, seed)
    return score(estimate_pooled(gather_cells(truth.rows), PooledOptions()), truth)


def tell(line):
    """Write one line."""
    sys.stdout.write(f"{line}\n")


def main():
    """Print the scores of a series of seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programme", choices=sorted(PROGRAMMES))
    parser.add_argument("--seeds", default="1001-1010")
    parser.add_argument("--break", dest="broken", choices=sorted(BREAKS))
    parser.add_argument("--null", action="store_true", help="no effects at all")
    chosen = parser.parse_args()
    programme = change(
        PROGRAMMES[chosen.programme], is_null=chosen.null, **BREAKS.get(chosen.broken, {})
    )
    first, last = map(int, chosen.seeds.split("-"))
    scores = [score_programme(programme, seed) for seed in range(first, last + 1)]
    kind = chosen.broken or ("null" if chosen.null else "")
    tell(f"{chosen.programme} {kind} {len(scores)} seeds")
    for name, values in zip(Score._fields, np.array(scores).T, strict=True):
        error = values.std(ddof=1) / np.sqrt(values.size)
        tell(f"  {name:26s} {values.mean():9.4f} ± {error:.4f}")
    claims, false = (
        sum(getattr(one, name) for one in scores) for name in ("claims", "false_claims")
    )
    tell(f"  {'false of all claims':26s} {false / claims if claims else 0.0:9.4f}")


if __name__ == "__main__":
    main()
