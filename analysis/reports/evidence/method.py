"""How evidence was made, in words and numbers: what one needs to check it or to make it again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.pooled.labels import NotUsedGroup, group_not_used
from analysis.pooled.record import (
    ConsistencyRecord,
    HeterogeneityRecord,
    Interval,
    PooledRecord,
    TermRecord,
)
from analysis.pooled.scope import NotUsed, NotUsedReason
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.stats.pooled.terms import Term
from lab import formats

TERMS: Mapping[str, LazyString] = {
    Term.CHANNEL: _l("channel"),
    Term.STYLE: _l("style"),
    Term.CHANNEL_STYLE: _l("channel with style"),
    Term.PROFILE_CHANNEL: _l("profile with channel"),
    Term.PROFILE_STYLE: _l("profile with style"),
    Term.PROFILE_CHANNEL_STYLE: _l("profile with channel and style"),
    Term.LAB_CHANNEL: _l("lab with channel"),
    Term.LAB_STYLE: _l("lab with style"),
    Term.LAB_PROFILE_CHANNEL: _l("lab with profile and channel"),
    Term.EXPERIMENT_VARIANT: _l("experiment with variant"),
    Term.DESIGN_VARIANT: _l("which variants were held together"),
    Term.CLUSTER: _l("street or area"),
    Term.CELL: _l("group of counts"),
}
DROPPED: Mapping[str, LazyString] = {
    "constant": _l("does not vary within an experiment and profile"),
    "same": _l("is the same in these counts as: %(other)s"),
    "few_labs": _l("fewer than three labs share profiles"),
    "not_recorded": _l("was not recorded"),
    "few_designs": _l("too few experiments with the same variants"),
    "many_designs": _l("too many combinations of variants to tell apart"),
    "no_freedom": _l("too few comparisons to estimate it from"),
}
# By the codes of `NoTest`.
NOT_TESTED: Mapping[str, LazyString] = {
    "one_design": _l(
        "Not tested: no two experiments with other variants can be laid side by side."
    ),
    "not_repeated": _l(
        "Not tested: no set of variants was held twice, so it cannot be told from what experiments"
        " differ anyway."
    ),
    "many_designs": _l("Not tested: there are too many sets of variants to compare at once."),
}


@dataclass(frozen=True, slots=True)
class TermRow:
    """One part of the model: how much it varies, or why it is left out."""

    name: str
    sd: float | None
    sd_ci: Interval | None
    remark: str


@dataclass(frozen=True, slots=True)
class UnusedGroup:
    """Experiments that are not used for one reason, wholly or in part."""

    group: NotUsedGroup
    is_partly: bool


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is kept of a run beside its result; cells_sha256 is empty for who may not know it."""

    number: int
    question: str
    run_at: datetime
    product_version: str
    cells_sha256: str


def describe_run(record: PooledRecord, run: RunFacts) -> list[tuple[str, str]]:
    """Return the method as pairs of what was chosen and how."""
    return [
        *_describe_model(record, run),
        *_describe_spread(record.heterogeneity),
        *_describe_consistency(record.consistency),
    ]


def list_unused(asked: EvidenceRequest) -> tuple[UnusedGroup, ...]:
    """Return what the run did not use, by reason: whole experiments first, then parts of them."""
    unused = [
        NotUsed(int(one.experiment), NotUsedReason(one.reason))
        for one in asked.record.experiments_unused
    ]
    titles = {
        int(code): named.title
        for code, named in asked.names.experiments.items()
        if int(code) in asked.readable
    }
    everything = (*asked.not_used, *unused)
    wholly, partly = (
        group_not_used(everything, titles, is_partly=is_partly) for is_partly in (False, True)
    )
    return tuple(UnusedGroup(one, False) for one in wholly) + tuple(
        UnusedGroup(one, True) for one in partly
    )


def list_terms(terms: Iterable[TermRecord]) -> list[TermRow]:
    """Return the parts of the model."""
    return [_describe_term(one) for one in terms]


def write_interval(ends: Interval | None, decimals: int = 2) -> str:
    """Return plain limits, on the scale of the model."""
    if ends is None:
        return formats.NOTHING
    return formats.interval(*ends, formats.Unit.PLAIN, decimals)


def _describe_model(record: PooledRecord, run: RunFacts) -> Iterator[tuple[str, str]]:
    yield _("Question"), run.question
    yield (
        _("Model"),
        _(
            "One model over all counts. It compares variants only within one experiment, profile"
            " and period, and lets profiles, labs and related variants borrow from one another."
        ),
    )
    yield (
        _("Rate"),
        _("In the standard situation: an average experiment among those that were counted."),
    )
    yield (
        _("Intervals"),
        _(
            "95 of 100 such intervals hold the real value. Those of differences hold for all"
            " variants of a profile at once."
        ),
    )
    yield (
        _("Counts used"),
        _(
            "%(used)s of %(cells)s groups of counts",
            used=formats.number(record.cells_used),
            cells=formats.number(record.cells),
        ),
    )
    yield _("Calculated on"), formats.datetime_local(run.run_at)
    yield (
        _("Version"),
        _(
            "method %(method)s, Proeftuin %(product)s, seed %(seed)s",
            method=record.method_version,
            product=run.product_version,
            seed=str(record.seed),
        ),
    )
    if run.cells_sha256:
        yield _("Fingerprint of the counts"), run.cells_sha256[:16]
    yield _("To make it again"), f"proeftuin reproduce {run.number}"


def _describe_spread(found: HeterogeneityRecord | None) -> Iterator[tuple[str, str]]:
    if found is None:
        return
    for name, value, ends in (
        (_("Spread between experiments (τ)"), found.tau, found.tau_ci),
        (_("Of which between labs (τ)"), found.lab_tau, found.lab_tau_ci),
    ):
        if value is not None:
            yield name, _with_limits(formats.decimal(value, 2), write_interval(ends))
    if found.i_squared is not None:
        limits = formats.interval(*found.i_squared_ci, decimals=0) if found.i_squared_ci else ""
        yield (
            _("Share of the spread that is no chance (I²)"),
            _with_limits(formats.percent(found.i_squared, 0), limits),
        )
    if found.dispersion is not None:
        yield _("Overdispersion"), formats.decimal(found.dispersion, 2)


def _describe_consistency(found: ConsistencyRecord | None) -> Iterator[tuple[str, str]]:
    if found is None:
        return
    told = [str(NOT_TESTED[found.reason])] if found.reason in NOT_TESTED else []
    if found.pvalue is not None:
        told.append(
            _(
                "The chance that luck alone gives such differences is %(pvalue)s.",
                pvalue=formats.pvalue(found.pvalue),
            )
        )
    if found.fixed_pvalue is not None:
        told.append(
            _(
                "If experiments differed in nothing else, it would be %(pvalue)s.",
                pvalue=formats.pvalue(found.fixed_pvalue),
            )
        )
    if told:
        yield _("Do experiments with other variants tell the same?"), " ".join(told)


def _with_limits(value: str, limits: str) -> str:
    return f"{value} ({limits})" if limits and limits != formats.NOTHING else value


def _describe_term(one: TermRecord) -> TermRow:
    return TermRow(str(TERMS.get(one.term, one.term)), one.sd, one.sd_ci, _remark(one))


def _remark(one: TermRecord) -> str:
    if one.dropped:
        sentence = str(DROPPED.get(one.dropped, one.dropped))
        other = str(TERMS.get(one.same_as, one.same_as))
        return _("left out: %(reason)s", reason=sentence.replace("%(other)s", other))
    return _("chosen beforehand") if one.is_from_prior else ""
