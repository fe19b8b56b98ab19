"""Builders of records with sensible defaults, through the services where there are any."""

from datetime import UTC, date, datetime
from itertools import count

from sqlmodel import Session, select

from experiments.models.experiments import (
    AssignmentUnit,
    DesignType,
    Experiment,
    ExperimentProfile,
    ExperimentStatus,
    Purpose,
    StatusChange,
    Variant,
    VariantStyle,
    Wave,
)
from lab.models.labels import Channel, DenominatorKind, Style
from lab.models.labs import LivingLab
from lab.models.people import Membership, Role, User
from lab.models.programmes import Programme, ProgrammeCreate, ProgrammeKind
from lab.models.segmentation import Profile, SegmentationModel
from lab.services.programmes import add_own_programme, add_programme, ship_vocabulary

MOMENT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
NUMBERS = count(1)


class Builder:
    """Makes records in a session and commits them, so that pages see them."""

    def __init__(self, session: Session):
        self.session = session

    def _keep(self, record):
        self.session.add(record)
        self.session.commit()
        return record

    def _read(self, statement) -> list:
        found = list(self.session.exec(statement))
        # A transaction that stays open would keep the pages of a test from writing.
        self.session.commit()
        return found

    def programme(self, kind: ProgrammeKind = ProgrammeKind.OWN) -> Programme:
        """Make a programme with the shipped vocabulary; the own one is made once."""
        if kind is ProgrammeKind.OWN:
            programme = add_own_programme(self.session)
        else:
            name = f"{kind} {next(NUMBERS)}"
            command = ProgrammeCreate(
                code=name.replace(" ", "-"), kind=kind, name_nl=name, name_en=name
            )
            programme = add_programme(self.session, command, at=MOMENT)
            ship_vocabulary(self.session, programme)
        self.session.commit()
        return programme

    def lab(self, programme: Programme | None = None, name: str | None = None) -> LivingLab:
        """Make a living lab, in the own programme unless told otherwise."""
        programme = programme or self.programme()
        name = name or f"Lab {next(NUMBERS)}"
        return self._keep(
            LivingLab(
                programme_id=programme.id, name=name, municipality="Rivierdorp", created_at=MOMENT
            )
        )

    def user(self, role: Role | None = None, lab: LivingLab | None = None, **fields) -> User:
        """Make a person, with a role in a lab when both are given; any password fits nobody."""
        number = next(NUMBERS)
        values = {
            "email": f"person{number}@example.org",
            "name": f"Person {number}",
            "password_hash": "-",
            "session_key": f"key{number}",
            "created_at": MOMENT,
        }
        user = self._keep(User(**values | fields))
        if role:
            self._keep(Membership(user_id=user.id, living_lab_id=lab.id, role=role, since=MOMENT))
        return user

    def channel(self, lab: LivingLab, code: str = "brief_adres") -> Channel:
        """Return a shipped channel of a lab's programme."""
        statement = select(Channel).where(
            Channel.programme_id == lab.programme_id, Channel.code == code
        )
        (found,) = self._read(statement)
        return found

    def style(self, lab: LivingLab, code: str = "persoonlijk") -> Style:
        """Return a shipped style of a lab's programme."""
        statement = select(Style).where(Style.programme_id == lab.programme_id, Style.code == code)
        (found,) = self._read(statement)
        return found

    def profiles(self, lab: LivingLab, model: str = "citisens") -> list[Profile]:
        """Return the profiles of a shipped segmentation model, in order."""
        statement = (
            select(Profile)
            .join(SegmentationModel, SegmentationModel.id == Profile.segmentation_model_id)
            .where(
                SegmentationModel.programme_id == lab.programme_id, SegmentationModel.code == model
            )
            .order_by(Profile.position)
        )
        return self._read(statement)

    def experiment(
        self, lab: LivingLab, styles: tuple[str, ...] = ("zakelijk", "persoonlijk"), **fields
    ) -> Experiment:
        """Make an experiment with one letter variant per style, the first one the control."""
        profiles = self.profiles(lab)
        values = {
            "title": f"Experiment {next(NUMBERS)}",
            "purpose": Purpose.ACTIVATION,
            "design_type": DesignType.RANDOMISED,
            "assignment_unit": AssignmentUnit.HOUSEHOLD,
            "denominator_kind": DenominatorKind.LETTERS,
            "smallest_difference": 0.02,
            "starts_on": date(2026, 4, 1),
            "ends_on": date(2026, 6, 30),
            "status": ExperimentStatus.IN_FIELD,
            "segmentation_model_id": profiles[0].segmentation_model_id,
        }
        experiment = self._keep(
            Experiment(
                **values | fields, living_lab_id=lab.id, created_at=MOMENT, changed_at=MOMENT
            )
        )
        for profile in profiles:
            self.session.add(ExperimentProfile(experiment_id=experiment.id, profile_id=profile.id))
        self.session.add(Wave(experiment_id=experiment.id, number=1))
        self.session.add(
            StatusChange(
                experiment_id=experiment.id, to_status=experiment.status, changed_at=MOMENT
            )
        )
        for position, style in enumerate(styles):
            self.variant(experiment, lab, style, is_control=position == 0, position=position)
        self.session.commit()
        return experiment

    def variant(self, experiment: Experiment, lab: LivingLab, style: str, **fields) -> Variant:
        """Add a letter variant with one style to an experiment."""
        chosen = self.style(lab, style)
        variant = self._keep(
            Variant(
                experiment_id=experiment.id,
                channel_id=self.channel(lab).id,
                denominator_kind=DenominatorKind.LETTERS,
                **fields,
            )
        )
        self._keep(
            VariantStyle(
                variant_id=variant.id, style_axis_id=chosen.style_axis_id, style_id=chosen.id
            )
        )
        return variant

    def sign_in(self, client, user: User) -> None:
        """Give a client the session that signing in gives."""
        with client.session_transaction() as session:
            session["_user_id"] = f"{user.id}.{user.session_key}"
            session["_fresh"] = True
