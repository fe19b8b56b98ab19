"""A comparison as plain records for JSON: names instead of places, null for what is unknown."""

import json
from typing import Any

from analysis.cells_file import FileExperiment, VariantName
from analysis.stats.results import (
    ExperimentComparison,
    PairComparison,
    ProfileComparison,
    SampleRatioCheck,
    VariantEstimate,
    Warned,
)
from analysis.warning_sentences import tell_warning

Record = dict[str, Any]


def write_records(experiments: list[Record]) -> str:
    """Return the records as strict JSON."""
    return json.dumps({"experiments": experiments}, ensure_ascii=False, allow_nan=False, indent=2)


def list_experiment_record(file: FileExperiment, comparison: ExperimentComparison) -> Record:
    """Return the record of one experiment."""
    test = comparison.interaction
    return {
        "experiment": file.name or None,
        "denominator": comparison.denominator,
        "profiles": [_group(file, one) for one in comparison.profiles],
        "total": _group(file, comparison.total),
        "interaction": {
            "statistic": test.statistic if test else None,
            "df": test.df if test else None,
            "pvalue": test.pvalue if test else None,
        },
        "comparisons_in_family": comparison.comparisons_in_family,
        "sample_ratio": _sample_ratio(comparison.sample_ratio),
        "warnings": [_warning(file, one) for one in comparison.warnings],
    }


def _group(file: FileExperiment, group: ProfileComparison) -> Record:
    return {
        "profile": group.profile,
        "verdict": group.verdict,
        "variants": [_variant(file.variants[one.variant], one) for one in group.variants],
        "comparisons": [_pair(file, one) for one in group.comparisons],
    }


def _variant(name: VariantName, estimate: VariantEstimate) -> Record:
    return {
        "channel": name.channel,
        "style": name.style or None,
        "numerator": estimate.numerator,
        "denominator": estimate.denominator,
        "rate": estimate.rate,
        "rate_ci_lower": estimate.ci_lower,
        "rate_ci_upper": estimate.ci_upper,
        "status": estimate.status,
    }


def _pair(file: FileExperiment, pair: PairComparison) -> Record:
    variant, reference = file.variants[pair.variant], file.variants[pair.reference]
    record = {
        "channel": variant.channel,
        "style": variant.style or None,
        "reference_channel": reference.channel,
        "reference_style": reference.style or None,
        "difference": pair.difference,
        "ci_lower": pair.ci_lower,
        "ci_upper": pair.ci_upper,
        "method": pair.method,
        "pvalue": pair.pvalue,
        "adjusted_pvalue": pair.adjusted_pvalue,
        "verdict": pair.verdict,
    }
    if pair.stratified is not None:
        record["stratified_difference"] = pair.stratified.difference
        record["stratified_ci_lower"] = pair.stratified.ci_lower
        record["stratified_ci_upper"] = pair.stratified.ci_upper
        record["stratified_method"] = pair.stratified.method
        record["stratified_pvalue"] = pair.stratified.pvalue
        record["stratified_adjusted_pvalue"] = pair.stratified.adjusted_pvalue
    return record


def _sample_ratio(check: SampleRatioCheck) -> Record:
    return {
        "status": check.status,
        "reason": check.reason,
        "statistic": check.statistic,
        "df": check.df,
        "pvalue": check.pvalue,
    }


def _warning(file: FileExperiment, warned: Warned) -> Record:
    names = [str(variant) for variant in file.variants]
    parameters = {
        name: names[int(value)] if name in ("variant", "reference") else value
        for name, value in warned.parameters
    }
    return {"code": warned.code, **parameters, "message": tell_warning(warned, names)}
