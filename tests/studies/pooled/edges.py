"""Sparse and degenerate counts, with what an estimate of them must say."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import CellRow, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.results import PooledEstimate, VariantEstimate
from analysis.stats.results import Status

OK, TOO_LITTLE, UNDEFINED = Status.OK, Status.TOO_LITTLE, Status.UNDEFINED


class Edge(NamedTuple):
    """Rows of counts, and the statuses that an estimate of them must give per channel."""

    rows: list[CellRow]
    statuses: dict[str, Status]


def count(
    experiment, channel, nobs, responses, profile="p", style="-", lab="l", wave="", cluster=""
):
    """Return one row of counts."""
    return CellRow(lab, experiment, wave, profile, channel, style, cluster, nobs, responses)


def make_pair(one: tuple[int, int], other: tuple[int, int], **names) -> list[CellRow]:
    """Return the rows of two variants in one experiment, each with people and responses."""
    return [count("e", channel, *held, **names) for channel, held in (("a", one), ("b", other))]


def make_chain(people: int, responses: int) -> list[CellRow]:
    """Return five variants of which each met the next, once, in few people."""
    return [
        count(f"e{place}", channel, people, responses + place % 2)
        for place in range(4)
        for channel in "abcde"[place : place + 2]
    ]


def make_sparse_trials() -> list[CellRow]:
    """Return thirty small trials against one control, most without any response."""
    draw = np.random.default_rng(1)
    return [
        count(f"e{trial}", channel, 20, int(draw.binomial(20, 0.02)), lab=f"l{trial % 4}")
        for trial in range(30)
        for channel in ("a", "bcd"[trial % 3])
    ]


def make_persons() -> list[CellRow]:
    """Return cells of one person each, in their own wave of two."""
    draw = np.random.default_rng(2)
    return [
        count("e", channel, 1, int(draw.random() < 0.4), wave=f"w{wave}")
        for wave in range(30)
        for channel in "ab"
    ]


EDGES: dict[str, Edge] = {
    "one cell": Edge([count("e", "a", 100, 10)], {"a": UNDEFINED}),
    "one variant in two profiles": Edge(
        [count("e", "a", 100, 10), count("e", "a", 100, 20, profile="q")], {"a": UNDEFINED}
    ),
    "two variants that never met": Edge(
        [count("e", "a", 100, 10), count("f", "b", 100, 20)], {"a": UNDEFINED, "b": UNDEFINED}
    ),
    "one experiment": Edge(make_pair((500, 50), (500, 80)), {"a": OK, "b": OK}),
    "one profile, five experiments": Edge(
        [
            row._replace(experiment=f"e{n}")
            for n in range(5)
            for row in make_pair((90, 9), (90, 12))
        ],
        {"a": OK, "b": OK},
    ),
    "0 of n in one variant": Edge(make_pair((100, 0), (100, 30)), {"a": TOO_LITTLE, "b": OK}),
    "n of n in one variant": Edge(make_pair((100, 100), (100, 30)), {"a": TOO_LITTLE, "b": OK}),
    "0 of n against n of n": Edge(
        make_pair((100, 0), (100, 100)), {"a": TOO_LITTLE, "b": TOO_LITTLE}
    ),
    "0 of n everywhere": Edge(make_pair((100, 0), (100, 0)), {"a": UNDEFINED, "b": UNDEFINED}),
    "n of n everywhere": Edge(make_pair((100, 100), (100, 100)), {"a": UNDEFINED, "b": UNDEFINED}),
    "nobody counted": Edge(make_pair((0, 0), (0, 0)), {"a": UNDEFINED, "b": UNDEFINED}),
    "nobody counted in one variant": Edge(make_pair((0, 0), (100, 30)), {"a": UNDEFINED}),
    "a variant with 0 of n in every experiment": Edge(
        [
            count(f"e{n}", c, 80, r + n * (r > 0))
            for n in range(6)
            for c, r in zip("abc", (0, 8, 5), strict=True)
        ],
        {"a": TOO_LITTLE, "b": OK, "c": OK},
    ),
    "one response of twenty": Edge(make_pair((20, 1), (20, 0)), {"a": OK, "b": TOO_LITTLE}),
    "a million people, nearly 0 against nearly all": Edge(
        make_pair((1_000_000, 1), (1_000_000, 999_999)), {"a": OK, "b": OK}
    ),
    "a thin chain": Edge(make_chain(20, 1), dict.fromkeys("abcde", OK)),
    "sparse trials against one control": Edge(make_sparse_trials(), {"a": OK}),
    "cells of one person": Edge(make_persons(), {"a": OK, "b": OK}),
    "every cell its own cluster": Edge(
        [row._replace(cluster=row.channel) for row in make_pair((300, 30), (300, 60))],
        {"a": OK, "b": OK},
    ),
    "two networks": Edge(
        make_pair((900, 90), (900, 180)) + [count("f", "c", 400, 40), count("f", "d", 400, 90)],
        {"a": OK, "b": OK, "c": OK, "d": OK},
    ),
}


def find_faults(name: str) -> list[str]:
    """Return what an estimate of an edge case says that it should not, in words."""
    edge = EDGES[name]
    found = estimate_pooled(gather_cells(edge.rows), PooledOptions())
    faults = [
        f"{one.variant.channel}: {one.status}"
        for one in found.estimates
        if one.status != edge.statuses.get(one.variant.channel, one.status)
    ]
    faults += [f"no row for {one}" for one in set(edge.statuses) - list_channels(found)]
    for one in found.estimates:
        faults += [f"{one.variant.channel}: {told}" for told, is_so in CHECKS.items() if is_so(one)]
    return faults + _check_sums(found)


def list_channels(found: PooledEstimate) -> set[str]:
    """Return the channels that an estimate tells of."""
    return {one.variant.channel for one in found.estimates}


def list_numbers(one: VariantEstimate) -> list[float]:
    """Return every number of a row."""
    held = (value if isinstance(value, tuple) else (value,) for value in one[5:])
    return [float(value) for values in held for value in values if isinstance(value, float | int)]


def _is_out_of_order(limits: tuple[float, float] | None, middle: float | None) -> bool:
    return limits is not None and not limits[0] < middle < limits[1]


CHECKS: dict[str, Callable[[VariantEstimate], bool]] = {
    "a figure is not finite": lambda one: not np.isfinite(list_numbers(one)).all(),
    "undefined, and yet a figure": lambda one: (
        one.status == UNDEFINED and (one.effect is not None or one.rate is not None)
    ),
    "no effect": lambda one: one.status == OK and one.effect is None,
    "a rate of nobody or everybody": lambda one: one.rate is not None and not 0 < one.rate < 1,
    "effect beside its interval": lambda one: _is_out_of_order(one.effect_ci, one.effect),
    "rate beside its interval": lambda one: _is_out_of_order(one.rate_ci, one.rate),
    "no spread": lambda one: one.effect is not None and not one.effect_std_error > 0,
    "advice without enough": lambda one: one.is_advised and one.status == UNDEFINED,
}


def _check_sums(found: PooledEstimate) -> list[str]:
    chances: dict[tuple[str, int], float] = {}
    for one in found.estimates:
        if one.p_best is not None:
            key = one.profile, one.part
            chances[key] = chances.get(key, 0.0) + one.p_best
    return [f"P(best) adds up to {one}" for one in chances.values() if abs(one - 1) > 1e-9]
