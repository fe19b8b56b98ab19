"""Every study and benchmark of the pooled estimator, in one table of bars.

python -m tests.studies.pooled.study_all --full --keep scores --jobs 2 --markdown bars.md

Scores are kept per seed: a run that was stopped goes on where it was, and seeds that were scored by
the same version of the method are not scored again. Names of studies run those only.
"""

from tests.benchmarks.pooled import bench_best, bench_estimate
from tests.studies.pooled import (
    study_breaks,
    study_edges,
    study_estimate,
    study_limits,
    study_null,
    study_prediction,
    study_references,
    study_regret,
    study_untried,
)
from tests.studies.pooled.running import run_command

MODULES = (
    study_references,
    study_limits,
    study_edges,
    study_estimate,
    study_regret,
    study_breaks,
    study_null,
    study_untried,
    study_prediction,
    bench_estimate,
    bench_best,
)
STUDIES = tuple(study for module in MODULES for study in module.STUDIES)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
