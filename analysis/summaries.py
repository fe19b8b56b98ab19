"""What a version says, as far as a change is about it."""

from datetime import date

from analysis.changes import Advised, ProposalChange, find_change
from analysis.deciding import find_review_date, is_past
from analysis.kept_evidence import read_kept
from analysis.models.advice import AdviceRuleVersion, VersionState
from analysis.strength_rules import grow_old, read_strength


def summarise(version: AdviceRuleVersion, on: date | None = None) -> Advised:
    """Return what a version says; with a day, as sure as it was on that day."""
    evidence = read_kept(version)
    strength = read_strength(version.proposal_state, evidence)
    if on is not None and is_due(version, on):
        strength = grow_old(strength)
    styles = tuple(sorted(version.style_ids))
    return Advised(
        state=version.proposal_state,
        variant=None if version.channel_id is None else (version.channel_id, styles),
        locks=strength.locks,
        experiments=frozenset(source.experiment_id for source in evidence.basis.sources),
    )


def is_due(version: AdviceRuleVersion, on: date) -> bool:
    """Tell whether a version that is in force is past its review date."""
    return version.state is VersionState.PUBLISHED and is_past(find_date(version), on)


def find_date(version: AdviceRuleVersion) -> date | None:
    """Return when a version is looked at again."""
    decided = version.decided_at and version.decided_at.date()
    return find_review_date(version.review_on, decided)


def compare_versions(
    in_force: AdviceRuleVersion | None, proposed: AdviceRuleVersion, on: date
) -> ProposalChange:
    """Return what a proposal changes of what is in force on a day."""
    old = in_force and summarise(in_force, on)
    past = in_force is not None and is_due(in_force, on)
    return find_change(old, summarise(proposed), past)
