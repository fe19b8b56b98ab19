"""What invented people say in the demonstration: in surveys, and of the advice they used."""

from datetime import datetime

from sqlmodel import Session

from analysis.models.feedback import AnswerCreate, FeedbackCreate, Followed, Usefulness
from analysis.models.preferences import PreferenceCreate
from analysis.queries import advice
from analysis.queries.feedback import list_programme_feedback
from analysis.services.feedback import answer_feedback, tell_use
from analysis.services.preferences import add_preferences
from lab.access import Reader
from lab.queries.labels import list_channels
from lab.queries.segmentation import list_models, list_profiles

SOURCE = "Verzonnen peiling Elst, inwonerpanel"
# By channel: the part of everyone and of the first profile that prefers it, and why.
SAID = (
    ("email", 0.38, 0.31, "snel en makkelijk te bewaren"),
    ("brief_adres", 0.27, 0.22, "voelt officieel"),
    ("whatsapp", 0.21, 0.33, "daar kijk ik toch al"),
    ("keukentafel_deur", 0.04, 0.05, "liever niet aan de deur"),
)
TOLD = (
    FeedbackCreate(
        usefulness=Usefulness.YES,
        followed=Followed.YES,
        text="We gebruikten dit in onze wijk. De opkomst viel mee.",
        offered=640,
        responded=71,
    ),
    FeedbackCreate(
        usefulness=Usefulness.PARTLY,
        followed=Followed.NOT_YET,
        text="We willen eerst weten of het ook voor huurders geldt.",
    ),
    FeedbackCreate(usefulness=Usefulness.YES),
)
ANSWER = (
    "Dank je wel. Jullie aantallen tellen we niet mee, maar ze helpen om de volgende te kiezen."
)


def add_voices(session: Session, programme_id: int, by: Reader, at: datetime) -> None:
    """Keep what invented people say they want, and what they tell of one rule."""
    _add_survey(session, programme_id, by, at)
    edition = advice.find_newest_edition(session, programme_id)
    if edition is None:
        return
    [first, *_others] = advice.list_edition_versions(session, edition.id)
    for command in TOLD:
        choices = {"rule": str(first.rule.id)}
        tell_use(session, edition, [first.version.id], choices, command, at=at)
    oldest = min(list_programme_feedback(session, programme_id), key=lambda one: one.feedback.id)
    answer = AnswerCreate(answer=ANSWER, is_shown=True)
    answer_feedback(session, oldest.feedback.id, answer, by=by, at=at)


def _add_survey(session: Session, programme_id: int, by: Reader, at: datetime) -> None:
    channels = {one.code: one.id for one in list_channels(session, programme_id)}
    profile = list_profiles(session, list_models(session, programme_id)[0].id)[0]
    rows = [
        PreferenceCreate(
            profile_id=profile_id,
            channel_id=channels[code],
            share=share,
            respondents=respondents,
            source=SOURCE,
            year=2024,
            reasons=reasons,
        )
        for code, of_all, of_profile, reasons in SAID
        for profile_id, share, respondents in (
            (None, of_all, 1240),
            (profile.id, of_profile, 164),
        )
    ]
    add_preferences(session, programme_id, rows, by=by, at=at)
