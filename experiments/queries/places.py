"""To which lab the numbers in addresses about experiments lead."""

from sqlalchemy import bindparam
from sqlmodel import Session, select

from experiments.models.experiments import Experiment, ExperimentStatus, Variant
from experiments.models.imports import CountImport
from experiments.models.observations import Observation
from experiments.queries.area_imports import find_area_import_place
from lab.access import Place
from lab.models.labs import LivingLab

# Built once: every request about an experiment asks this first.
PLACE = (
    select(LivingLab.programme_id, LivingLab.id, Experiment.status)
    .join(Experiment, Experiment.living_lab_id == LivingLab.id)
    .where(Experiment.id == bindparam("experiment_id"))
)


def find_experiment_place(session: Session, experiment_id: int) -> Place | None:
    """Return the place of an experiment."""
    found = session.connection().execute(PLACE, {"experiment_id": experiment_id}).first()
    if found is None:
        return None
    programme_id, living_lab_id, status = found
    return Place(programme_id, living_lab_id, status is ExperimentStatus.PUBLISHED)


def _find_through_experiment(table: type):
    def find(session: Session, record_id: int) -> Place | None:
        record = session.get(table, record_id)
        return record and find_experiment_place(session, record.experiment_id)

    return find


FINDERS = {
    "experiment_id": find_experiment_place,
    "variant_id": _find_through_experiment(Variant),
    "observation_id": _find_through_experiment(Observation),
    "import_id": _find_through_experiment(CountImport),
    "area_import_id": find_area_import_place,
}
