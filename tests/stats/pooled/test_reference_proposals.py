"""Public trials, up to what is proposed: one advice for all, and ranks as in the references."""

import numpy as np
import pytest

from analysis.advice import Remark
from analysis.models.advice import ProposalState
from analysis.pooled.advice import propose_pooled_rules
from analysis.pooled.design import PooledDesign
from analysis.pooled.estimator import estimate_record
from analysis.pooled.evidence import gather_pooled_evidence
from analysis.pooled.selection import Name, NamedExperiment, Names
from analysis.stats.pooled.priors import PriorKind
from tests.analysis.pooled_records import scope
from tests.stats import references
from tests.stats.pooled.programmes import row


def make_names(channels, profiles, experiments):
    return Names(
        labs={},
        experiments={code: NamedExperiment(code, "", "B") for code in experiments},
        profiles={code: Name(code, code) for code in profiles},
        channels={code: Name(code, code) for code in channels},
        styles={},
    )


def number(values):
    """Return whole numbers for names: evidence goes by the numbers of the database."""
    return {name: str(place) for place, name in enumerate(dict.fromkeys(values), start=1)}


def test_letters_lead_to_one_advice_for_all_profiles():
    found = references.rows("social_pressure")
    arms, profiles = number(one["arm"] for one in found), number(one["profile"] for one in found)
    rows = [
        row("1", profiles[one["profile"]], arms[one["arm"]], int(one["n"]), int(one["y"]))._replace(
            style=""
        )
        for one in found
    ]
    record = estimate_record(rows, PooledDesign(0.005, tuple(profiles.values()))).record
    names = make_names(arms.values(), profiles.values(), ["1"])
    proposals = propose_pooled_rules(record, gather_pooled_evidence(record, scope(), names))
    assert len(proposals) == 1
    assert proposals[0].part.profile is None
    assert proposals[0].state in (ProposalState.ADVISE, ProposalState.TENTATIVE)
    assert record.variants[proposals[0].variant][0] == arms["Neighbors"]
    assert Remark.PROFILES_ALIKE in proposals[0].remarks


@pytest.fixture(scope="module")
def smoking():
    """The record of the smoking trials without priors, with the names of its variants."""
    found = references.rows("smoking_nma")
    arms = number(one["trt"] for one in found)
    rows = [row(one["study"], "9", arms[one["trt"]], int(one["n"]), int(one["y"])) for one in found]
    design = PooledDesign(0.02, ("9",), priors=PriorKind.NONE)
    record = estimate_record(rows, design).record
    back = {code: name for name, code in arms.items()}
    return {back[record.variants[one.variant][0]]: one for one in record.profiles[0].variants}


def test_smoking_trials_are_ranked_as_in_the_reference(smoking):
    fit = references.answers("smoking_nma_reml")["results"]["study_fixed"]["REML"]
    effects = {name[3:]: value for name, value in fit["coef"].items() if name.startswith("trt")}
    expected = ["no_contact", *sorted(effects, key=effects.get)]
    assert sorted(smoking, key=lambda name: smoking[name].effect) == expected
    control = smoking["no_contact"].effect
    for name, effect in effects.items():
        assert smoking[name].effect - control == pytest.approx(effect, abs=0.03)


def test_ranks_of_smoking_trials_are_as_unsure_as_in_the_reference(smoking):
    fit = references.answers("smoking_nma_reml")["results"]["study_fixed"]["REML"]
    # The three share one control, so their differences with it go together.
    best, second = fit["coef"]["trtgrp_counseling"], fit["coef"]["trtind_counseling"]
    spread = np.hypot(fit["se"]["trtgrp_counseling"], fit["se"]["trtind_counseling"])
    assert best - second < 1.96 * spread
    assert smoking["grp_counseling"].rank_ci[0] == 1
    assert smoking["grp_counseling"].rank_ci[1] >= 2
    assert smoking["ind_counseling"].rank_ci[0] == 1
    # No contact lies surely below individual counselling, not surely below self help.
    assert fit["coef"]["trtind_counseling"] > 1.96 * fit["se"]["trtind_counseling"]
    assert smoking["no_contact"].rank_ci == (3, 4)
    assert fit["coef"]["trtself_help"] < 1.96 * fit["se"]["trtself_help"]
    assert smoking["self_help"].rank_ci[1] == 4
