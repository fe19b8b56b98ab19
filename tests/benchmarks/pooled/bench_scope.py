"""What gathering the cells of a large programme costs, beside the plain SQL that adds them up.

Run it as `python -m tests.benchmarks.pooled.bench_scope`: it prints the CPU time of both, and
their ratio, which should stay below 3.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session

from analysis.pooled.scope import Scope, ScopeOutcome
from analysis.queries.pooled import select_cells, sum_over_areas
from experiments.models.experiments import Experiment, ExperimentStatus, Step
from experiments.models.observations import CountMethod, Observation, ProfileBasis, ReviewState
from experiments.queries.cells import COUNTED_STATES
from experiments.queries.variants import list_variants
from experiments.queries.waves import find_last_wave
from experiments.services.cells import rebuild
from lab import db
from lab.models.labels import DenominatorKind
from tests.builders import MOMENT, Builder

EXPERIMENTS, AREAS, MONTHS = 200, 10, 3
STYLES = ("zakelijk", "persoonlijk", "meedoen", "meedenken")
ROUNDS = 5
MOST_TIMES = 3.0


def fill(session: Session) -> tuple[Scope, list[int]]:
    """Fill a database with experiments that are over, and return the question about them."""
    build = Builder(session)
    lab = build.lab()
    profiles = build.profiles(lab)
    numbers = []
    for _each in range(EXPERIMENTS):
        experiment = build.experiment(
            lab, STYLES, status=ExperimentStatus.CLOSED, registered_at=MOMENT
        )
        count_all(session, experiment, [profile.id for profile in profiles])
        numbers.append(experiment.id)
    session.commit()
    outcome = ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS)
    return Scope(lab.programme_id, outcome, profiles[0].segmentation_model_id, 0.02), numbers


def count_all(session: Session, experiment: Experiment, profiles: list[int]) -> None:
    """Count every variant in every profile, area and month."""
    wave = find_last_wave(session, experiment.id)
    shared = {
        "experiment_id": experiment.id,
        "wave_id": wave.id,
        "profile_basis": ProfileBasis.PANEL,
        "is_profile_known_before": True,
        "count_method": CountMethod.COUNTED,
        "review_state": ReviewState.APPROVED,
        "recorded_at": MOMENT,
        "offered": 40,
        "responded": 6,
    }
    rows = [
        shared
        | {
            "variant_id": variant.id,
            "profile_id": profile,
            "area": f"Area {area}",
            "observed_on": date(2026, 4 + month, 1),
        }
        for variant in list_variants(session, experiment.id)
        for profile in profiles
        for area in range(AREAS)
        for month in range(MONTHS)
    ]
    session.connection().execute(insert(Observation), rows)
    rebuild(session, experiment.id)


def measure(*works: Callable[[], object]) -> list[float]:
    """Return the CPU seconds of each piece of work: the best of some rounds, turn by turn."""
    best = [float("inf")] * len(works)
    for _round in range(ROUNDS):
        for place, work in enumerate(works):
            start = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - start)
    return best


def main() -> int:
    """Print what gathering costs, and fail when it costs too much."""
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'scope.db'}"
        db.upgrade(url)
        with db.open_session(url) as session:
            scope, numbers = fill(session)
            values = {"numbers": numbers, "review_states": list(COUNTED_STATES)}
            statement = sum_over_areas(Step.RESPONDED, Step.OFFERED)
            plain, whole = measure(
                lambda: session.connection().execute(statement, values).all(),
                lambda: select_cells(session, scope),
            )
            rows = len(select_cells(session, scope).rows)
    print(  # noqa: T201
        f"{rows} cells: plain SQL {plain:.3f} s, all of it {whole:.3f} s, "
        f"{whole / plain:.1f} times as much"
    )
    return int(whole / plain > MOST_TIMES)


if __name__ == "__main__":
    sys.exit(main())
