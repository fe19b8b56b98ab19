"""Who may see and do what: every address, for every role, in one's own lab and beyond."""

from dataclasses import replace

import pytest
from sqlmodel import func, select

from analysis.models.advice import AdviceEdition, DecisionCreate, ProposalCreate
from analysis.models.feedback import AdviceFeedback, FeedbackCreate, Usefulness
from analysis.models.learnings import Learning
from analysis.models.preferences import StatedPreference
from analysis.queries.scopes import find_default_scope
from analysis.services.advice import publish_version
from analysis.services.feedback import tell_use
from analysis.services.pooled_runs import PooledRunCreate, run_pooled
from analysis.services.proposals import propose_versions
from experiments.models.experiments import Experiment, ExperimentStatus, Variant, Wave
from experiments.models.imports import CountImport
from experiments.models.observations import Observation, ObservationCreate
from experiments.services.observations import record_observations
from lab.access import TABLE, Action, Post, Reach, Reader
from lab.jobs.work import JobKind
from lab.models.areas import Area, AreaComposition, AreaImport, AreaKind
from lab.models.jobs import Job
from lab.models.labels import Channel, DesignPrinciple, IssueType, Phase, Style, StyleAxis, Theme
from lab.models.labs import LivingLab, Partner
from lab.models.people import Invitation, Membership, Role
from lab.models.programmes import Programme, ProgrammeCreate, ProgrammeKind
from lab.models.segmentation import Profile, SegmentationModel
from lab.services.programmes import add_programme, ship_vocabulary
from tests.builders import MOMENT

PUBLIC = "public"
PERSONAS = [PUBLIC, *Role]
HOME, AWAY, FAR = "own lab", "other lab", "other programme"
# Parts of addresses that are not the number of a record, with an example of each.
TEXTS = {
    "token": "no-such-token",
    "kind": "channels",
    "code": "brief_adres",
    "programme_code": "own",
    "number": 1,
    # Of an edition beside another, and of a line in the list of what to test next.
    "other": 1,
    "place": 1,
    "ending": "csv",
}
# What belongs to a programme as a whole, not to one of its labs.
OF_PROGRAMME = {
    "programme_id", "segmentation_model_id", "profile_id", "channel_id", "style_axis_id",
    "style_id", "phase_id", "issue_type_id", "theme_id", "rule_id", "run_id",
    "learning_id", "principle_id",
    "area_id", "composition_id", "area_import_id",
    "feedback_id",
    "preference_id",
}  # fmt: skip

# Each kind of job has an action of its own too; this one is for everybody in a lab.
KIND = JobKind("look", "Look", "nowhere:look", Action.READ_JOB, "labs.show_lab", "living_lab_id")


class World:
    """Three labs with one of everything: at home, next door and in another programme."""

    def __init__(self, build, session, status: ExperimentStatus):
        self.build, self.session, self.status = build, session, status
        home = build.lab()
        labs = {HOME: home, AWAY: build.lab(), FAR: build.lab(self._second_programme())}
        self.people = {role: build.user(role, home) for role in Role}
        self.numbers = {where: self._fill(lab) for where, lab in labs.items()}

    def _second_programme(self) -> Programme:
        command = ProgrammeCreate(
            code="second", kind=ProgrammeKind.OWN, name_nl="Tweede", name_en="Second"
        )
        programme = add_programme(self.session, command, MOMENT)
        ship_vocabulary(self.session, programme)
        return programme

    def _keep(self, record) -> int:
        self.session.add(record)
        self.session.commit()
        return record.id

    def _fill(self, lab: LivingLab) -> dict[str, int]:
        experiment = self.build.experiment(lab, status=self.status)
        numbers = {"programme_id": lab.programme_id, "living_lab_id": lab.id}
        numbers |= self._number_labels(lab) | self._number_people(lab)
        numbers |= self._number_counts(experiment)
        numbers |= self._number_learnings(lab)
        numbers |= self._number_areas(lab, numbers["segmentation_model_id"])
        return numbers | self._number_advice(lab, experiment)

    def _number_labels(self, lab: LivingLab) -> dict[str, int]:
        tables = {
            "channel_id": Channel, "style_axis_id": StyleAxis, "style_id": Style,
            "phase_id": Phase, "issue_type_id": IssueType, "theme_id": Theme,
            "segmentation_model_id": SegmentationModel,
        }  # fmt: skip
        numbers = {
            name: self.session.exec(
                select(table.id).where(table.programme_id == lab.programme_id)
            ).first()
            for name, table in tables.items()
        }
        statement = select(Profile.id).where(
            Profile.segmentation_model_id == numbers["segmentation_model_id"]
        )
        return numbers | {"profile_id": self.session.exec(statement).first()}

    def _number_areas(self, lab: LivingLab, segmentation_model_id: int) -> dict[str, int]:
        area_id = self._keep(
            Area(
                programme_id=lab.programme_id, municipality="Rivierdorp", kind=AreaKind.DISTRICT,
                code=f"W{lab.id}", name="Zuid", created_at=MOMENT,
            )
        )  # fmt: skip
        known = {
            "segmentation_model_id": segmentation_model_id, "source": "x", "licence_note": "x",
            "reference_date": MOMENT.date(),
        }  # fmt: skip
        composition = AreaComposition(
            area_id=area_id, imported_at=MOMENT, unknown_share=1.0, **known
        )
        offered = AreaImport(
            programme_id=lab.programme_id, file_name="a.csv", offered_at=MOMENT, **known
        )
        return {
            "area_id": area_id,
            "composition_id": self._keep(composition),
            "area_import_id": self._keep(offered),
        }

    def _number_people(self, lab: LivingLab) -> dict[str, int]:
        user = self.build.user()
        member = Membership(user_id=user.id, living_lab_id=lab.id, role=Role.STUDENT, since=MOMENT)
        invitation = Invitation(
            token_hash=f"hash-{lab.id}", living_lab_id=lab.id, role=Role.STUDENT,
            email="a@example.org", name="A", created_at=MOMENT, expires_at=MOMENT,
        )  # fmt: skip
        partner = Partner(living_lab_id=lab.id, name="Partner", role="onderzoek")
        job = Job(
            kind=KIND.name, programme_id=lab.programme_id, living_lab_id=lab.id,
            requested_at=MOMENT,
        )  # fmt: skip
        return {
            "membership_id": self._keep(member),
            "invitation_id": self._keep(invitation),
            "partner_id": self._keep(partner),
            "job_id": self._keep(job),
        }

    def _number_counts(self, experiment: Experiment) -> dict[str, int]:
        statement = select(Variant.id).where(Variant.experiment_id == experiment.id)
        variant_id = self.session.exec(statement).first()
        wave = select(Wave.id).where(Wave.experiment_id == experiment.id)
        observation = Observation(
            experiment_id=experiment.id, variant_id=variant_id, observed_on=MOMENT.date(),
            wave_id=self.session.exec(wave).first(), offered=40, responded=4, recorded_at=MOMENT,
        )  # fmt: skip
        count_import = CountImport(
            experiment_id=experiment.id, file_name="a.csv", sha256="0", offered_at=MOMENT
        )
        return {
            "experiment_id": experiment.id,
            "variant_id": variant_id,
            "observation_id": self._keep(observation),
            "import_id": self._keep(count_import),
        }

    def _number_learnings(self, lab: LivingLab) -> dict[str, int]:
        learning = Learning(
            programme_id=lab.programme_id, sentence_nl="Een les.", created_at=MOMENT,
            checked_at=MOMENT, checked_by="A",
        )  # fmt: skip
        principle = DesignPrinciple(
            programme_id=lab.programme_id, code=f"principe-{lab.id}", name_nl="P", name_en="P"
        )
        return {"learning_id": self._keep(learning), "principle_id": self._keep(principle)}

    def _number_advice(self, lab: LivingLab, experiment: Experiment) -> dict[str, int]:
        researcher = Reader(posts=(Post(lab.id, lab.programme_id, Role.RESEARCHER),))
        statement = select(Variant.id).where(Variant.experiment_id == experiment.id)
        counts = [
            ObservationCreate(
                variant_id=variant_id, observed_on=MOMENT.date(), offered=400, responded=number
            )
            for number, variant_id in zip((40, 80), self.session.exec(statement), strict=True)
        ]
        record_observations(self.session, experiment.id, counts, by=researcher, at=MOMENT)
        version, *_others = propose_versions(
            self.session, experiment.id, ProposalCreate(), by=researcher, at=MOMENT
        )
        reason = DecisionCreate(reason="Clear enough.")
        publish_version(self.session, version.id, reason, by=researcher, at=MOMENT)
        scope = find_default_scope(self.session, lab.programme_id, experiment.id)
        question = PooledRunCreate(replace(scope, segmentation_model_id=None))
        run = run_pooled(self.session, question, by=researcher, at=MOMENT)
        self.session.commit()
        edition = self.session.exec(
            select(AdviceEdition).where(AdviceEdition.programme_id == lab.programme_id)
        ).first()
        told = FeedbackCreate(usefulness=Usefulness.YES, text="It worked.")
        tell_use(self.session, edition, [version.id], {}, told, at=MOMENT)
        said = StatedPreference(
            programme_id=lab.programme_id, channel_id=self.build.channel(lab).id, share=0.3,
            respondents=100, source="Survey", year=2024, recorded_at=MOMENT,
        )  # fmt: skip
        feedback_id = self.session.exec(select(func.max(AdviceFeedback.id))).one()
        self.session.commit()
        return {
            "rule_id": version.advice_rule_id,
            "version_id": version.id,
            "run_id": run.id,
            "feedback_id": feedback_id,
            "preference_id": self._keep(said),
        }


def list_addresses(app):
    """Return (rule, method) of everything that can be asked of the application."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def address_of(app, rule, numbers: dict) -> str:
    """Return the address that a rule has in a world."""
    values = {name: numbers.get(name, TEXTS.get(name, 1)) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def expect(action: Action, persona, where: str, rule, is_published: bool) -> str:
    """Read from the table what an address should answer."""
    grant = TABLE[action]
    is_placed = bool(rule.arguments - set(TEXTS))
    shown = is_published and is_placed
    if grant.public is Reach.EVERYTHING or (grant.public is Reach.PUBLISHED and shown):
        return "yes"
    if persona == PUBLIC:
        return "sign in"
    of_programme = bool(rule.arguments & OF_PROGRAMME)
    is_here = not is_placed or where == HOME or (where == AWAY and of_programme)
    if is_here and persona in grant.own:
        return "yes"
    if grant.other is Reach.EVERYTHING or (grant.other is Reach.PUBLISHED and shown):
        return "yes"
    return "no" if is_here else "not there"


def fits(status: int, location: str, expected: str) -> bool:
    """Tell whether an answer is what was expected."""
    if expected == "yes":
        return status not in {401, 403, 404, 500} and "/sign-in?" not in location
    if expected == "sign in":
        return status == 303 and "/sign-in" in location
    return status == {"no": 403, "not there": 404}[expected]


@pytest.mark.parametrize("status", [ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED])
def test_every_address_answers_each_role_as_the_table_says(app, settings, build, session, status):
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["job_kinds"][KIND.name] = KIND
    (settings.instance / "theme").mkdir()
    (settings.instance / "theme" / "theme.css").touch()
    world = World(build, session, status)
    files_of_programmes = {
        rule.endpoint
        for rule, _method in list_addresses(app)
        if rule.endpoint.startswith("exports.") and not rule.arguments
    }
    wrong = []
    for persona in PERSONAS:
        client = app.test_client()
        if persona != PUBLIC:
            build.sign_in(client, world.people[persona])
        for where, numbers in world.numbers.items():
            for rule, method in list_addresses(app):
                # An address without a number is the same everywhere.
                if where != HOME and not rule.arguments - set(TEXTS):
                    continue
                action = app.view_functions[rule.endpoint].required_action
                is_published = status is ExperimentStatus.PUBLISHED and not (
                    rule.arguments & (OF_PROGRAMME | {"living_lab_id", "version_id"})
                )
                expected = expect(action, persona, where, rule, is_published)
                # Writing is tried only where it must be refused, so that the world stays whole.
                if method != "GET" and expected == "yes":
                    continue
                answer = client.open(address_of(app, rule, numbers), method=method)
                answer.close()
                # A token or a code that does not exist is rightly not found.
                if set(rule.arguments) & set(TEXTS) and answer.status_code in {404, 410}:
                    continue
                # A report that nobody asked for yet has no files.
                if rule.endpoint in files_of_programmes and answer.status_code == 404:
                    continue
                if not fits(answer.status_code, answer.headers.get("Location", ""), expected):
                    wrong.append((persona, where, method, rule.rule, answer.status_code, expected))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_page_names_what_it_does_in_the_table(app):
    unnamed = [
        rule.rule
        for rule, _ in list_addresses(app)
        if getattr(app.view_functions[rule.endpoint], "required_action", None) not in TABLE
    ]
    assert unnamed == []


def test_every_address_holds_at_most_one_number(app):
    crowded = [rule.rule for rule, _ in list_addresses(app) if len(rule.arguments - set(TEXTS)) > 1]
    assert crowded == []


def test_every_number_in_an_address_leads_to_a_place(app):
    known = set(app.extensions["places"].finders) | set(TEXTS)
    lost = [rule.rule for rule, _ in list_addresses(app) if rule.arguments - known]
    assert lost == []


def test_every_action_stands_in_the_table():
    assert set(TABLE) == set(Action)
