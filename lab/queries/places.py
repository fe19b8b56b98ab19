"""To which programme and lab the numbers in addresses lead."""

from sqlmodel import Session, select

from lab.access import Place
from lab.models.areas import Area, AreaComposition
from lab.models.jobs import Job
from lab.models.labs import LivingLab, Partner
from lab.models.people import Invitation, Membership
from lab.models.programmes import Programme, ProgrammeKind
from lab.models.segmentation import Profile, SegmentationModel


def find_programme_place(session: Session, programme_id: int) -> Place | None:
    """Return the place of a programme as a whole."""
    programme = session.get(Programme, programme_id)
    return programme and _place_of(programme)


def find_lab_place(session: Session, living_lab_id: int) -> Place | None:
    """Return the place of a living lab."""
    statement = (
        select(Programme)
        .join(LivingLab, LivingLab.programme_id == Programme.id)
        .where(LivingLab.id == living_lab_id)
    )
    programme = session.exec(statement).first()
    return programme and _place_of(programme, living_lab_id)


def _place_of(programme: Programme, living_lab_id: int | None = None) -> Place:
    # Published trials and the demonstration are there for everybody to look at.
    is_published = programme.kind is not ProgrammeKind.OWN
    return Place(programme.id, living_lab_id, is_published)


def _find_through_lab(table: type):
    def find(session: Session, record_id: int) -> Place | None:
        record = session.get(table, record_id)
        return record and find_lab_place(session, record.living_lab_id)

    return find


def find_model_place(session: Session, segmentation_model_id: int) -> Place | None:
    """Return the place of a segmentation model: its programme."""
    model = session.get(SegmentationModel, segmentation_model_id)
    return model and find_programme_place(session, model.programme_id)


def find_profile_place(session: Session, profile_id: int) -> Place | None:
    """Return the place of a profile: the programme of its segmentation model."""
    profile = session.get(Profile, profile_id)
    return profile and find_model_place(session, profile.segmentation_model_id)


def find_area_place(session: Session, area_id: int) -> Place | None:
    """Return the place of an area: its programme."""
    area = session.get(Area, area_id)
    return area and find_programme_place(session, area.programme_id)


def find_composition_place(session: Session, composition_id: int) -> Place | None:
    """Return the place of who lives in an area: the programme of the area."""
    composition = session.get(AreaComposition, composition_id)
    return composition and find_area_place(session, composition.area_id)


def find_job_place(session: Session, job_id: int) -> Place | None:
    """Return the place of a job: its lab, or its programme when it looks further than one."""
    job = session.get(Job, job_id)
    if job is None:
        return None
    if job.living_lab_id is None:
        return find_programme_place(session, job.programme_id)
    return find_lab_place(session, job.living_lab_id)


# One address holds one number, named after what it is the number of.
FINDERS = {
    "programme_id": find_programme_place,
    "living_lab_id": find_lab_place,
    "partner_id": _find_through_lab(Partner),
    "membership_id": _find_through_lab(Membership),
    "invitation_id": _find_through_lab(Invitation),
    "segmentation_model_id": find_model_place,
    "profile_id": find_profile_place,
    "area_id": find_area_place,
    "composition_id": find_composition_place,
    "job_id": find_job_place,
}
