"""Writing a pooled estimate to files: estimates, claims, the model and the draws."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from analysis.stats.pooled.data import Variant, write_style
from analysis.stats.pooled.priors import MAIN_SD, PriorKind
from analysis.stats.pooled.reference import ReferenceDifference
from analysis.stats.pooled.results import PooledEstimate, VariantEstimate
from analysis.stats.pooled.terms import MAIN, Term

ESTIMATE_COLUMNS = (
    "profile",
    "channel",
    "style",
    "status",
    "tried",
    "rate",
    "rate_ci_lower",
    "rate_ci_upper",
    "effect",
    "effect_std_error",
    "effect_ci_lower",
    "effect_ci_upper",
    "p_best",
    "p_within_margin",
    "expected_regret",
    "rank_lower",
    "rank_upper",
    "advised",
    "verdict",
    "against_channel",
    "against_style",
    "difference",
    "difference_ci_lower",
    "difference_ci_upper",
    "part",
)
CLAIM_COLUMNS = (
    "profile",
    "better_channel",
    "better_style",
    "worse_channel",
    "worse_style",
    "probability",
)

REFERENCE_COLUMNS = (
    "profile",
    "channel",
    "style",
    "difference",
    "difference_ci_lower",
    "difference_ci_upper",
    "probability_better",
)


def write_estimate(folder: Path, estimate: PooledEstimate, facts: dict[str, object]) -> None:
    """Write the four files of an estimate; `facts` are the run's own, such as seed and version."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_table(folder / "estimates.csv", ESTIMATE_COLUMNS, _list_estimates(estimate))
    _write_table(folder / "claims.csv", CLAIM_COLUMNS, _list_claims(estimate))
    model = json.dumps(make_model_record(estimate) | facts, indent=1, ensure_ascii=False)
    (folder / "model.json").write_text(model + "\n", encoding="utf-8")
    _write_draws(folder / "draws.npz", estimate)


def write_reference(
    folder: Path, estimate: PooledEstimate, differences: Iterable[ReferenceDifference]
) -> None:
    """Write how each variant differs from a chosen reference."""
    rows = (
        (
            one.profile,
            *_name(estimate, one.variant),
            one.difference,
            *one.difference_ci,
            one.probability_better,
        )
        for one in differences
    )
    _write_table(folder / "reference.csv", REFERENCE_COLUMNS, rows)


def make_model_record(estimate: PooledEstimate) -> dict[str, object]:
    """Return the terms, the main effects and what was used, ready for JSON."""
    return {
        "terms": {term.value: _describe_term(estimate, term) for term in Term},
        "fixed_effects": [
            {
                "term": one.term.value,
                "axis": one.axis,
                "level": one.level,
                "effect": one.effect,
                "std_error": one.std_error,
            }
            for one in estimate.main_effects
        ],
        "log_marginal_likelihood": estimate.log_marginal,
        "cells": estimate.cells,
        "cells_used": estimate.cells_used,
        "experiments": estimate.experiments,
        "experiments_used": estimate.experiments - len(estimate.not_used),
        "experiments_not_used": [
            {"experiment": name, "reason": reason.value}
            for name, reason in estimate.not_used.items()
        ],
        "evaluations": estimate.evaluations,
        "effective_variance_draws": estimate.effective_components,
    }


def _describe_term(estimate: PooledEstimate, term: Term) -> dict[str, object]:
    if term in estimate.dropped:
        return {"dropped": str(estimate.dropped[term])}
    if term in MAIN:
        is_flat = estimate.priors == PriorKind.NONE
        return {"sd": None if is_flat else MAIN_SD, "fixed": "flat" if is_flat else "prior"}
    found = estimate.terms[term]
    record = {"sd": found.sd, "sd_lower": found.lower, "sd_upper": found.upper}
    return record | {"fixed": "prior"} if found.is_from_prior else record


def _list_estimates(estimate: PooledEstimate) -> Iterable[tuple]:
    for one in estimate.estimates:
        yield (
            one.profile,
            *_name(estimate, one.variant),
            one.status.value,
            int(one.is_tried),
            one.rate,
            *_limits(one.rate_ci),
            one.effect,
            one.effect_std_error,
            *_limits(one.effect_ci),
            one.p_best,
            one.p_within_margin,
            one.expected_regret,
            *_limits(one.rank_ci),
            _mark_advised(one),
            one.verdict.value if one.verdict else None,
            *(_name(estimate, one.against) if one.against else (None, None)),
            one.difference,
            *_limits(one.difference_ci),
            one.part if one.part >= 0 else None,
        )


def _mark_advised(one: VariantEstimate) -> int:
    return int(one.is_advised)


def _list_claims(estimate: PooledEstimate) -> Iterable[tuple]:
    for one in estimate.claims:
        yield (
            one.profile,
            *_name(estimate, one.better),
            *_name(estimate, one.worse),
            one.probability,
        )


def _name(estimate: PooledEstimate, variant: Variant) -> tuple[str, str]:
    return variant.channel, write_style(estimate.axes, variant.values)


def _limits(interval: tuple | None) -> tuple:
    return interval or (None, None)


def _write_table(path: Path, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_write_value(value) for value in row] for row in rows)


def _write_value(value: object) -> object:
    return f"{value:.10g}" if isinstance(value, float) else "" if value is None else value


def _write_draws(path: Path, estimate: PooledEstimate) -> None:
    names = [_name(estimate, one) for one in estimate.variants]
    draws = estimate.list_draws()
    if draws is None:
        draws = np.full((1, len(estimate.profiles), len(names)), np.nan)
    np.savez(
        path,
        draws=draws,
        profiles=np.array(estimate.profiles, dtype=str),
        channels=np.array([channel for channel, _style in names], dtype=str),
        styles=np.array([style for _channel, style in names], dtype=str),
    )
