"""A programme that unfolds: each half-year some experiments, which partly follow the advice.

The truth and the counts are those of tests/studies/pooled/programmes.py; here the experiments come
one half-year after another, all of them hold what is done as usual, and half of them also hold what
is advised by then. They go through the product's own choosing, estimator and proposals, and every
proposal is accepted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from analysis.models.advice import ProposalState
from analysis.pooled.backtest.estimator import Known, advise
from analysis.pooled.backtest.record import BacktestDesign, VariantCode
from analysis.pooled.choosing import Candidate, CellSum, VariantFacts, choose
from analysis.pooled.scope import Scope, ScopeOutcome
from analysis.pooled.selection import Name, NamedExperiment, Names
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import CellRow, write_style
from experiments.models.experiments import ExperimentStatus, Step
from lab.models.labels import DenominatorKind
from tests.studies.pooled.programmes import Programme, Truth, draw_truth, hold_experiment

HALF_YEAR = timedelta(days=182)
START = date(2020, 1, 1)
MARGIN = 0.005
SCOPE = Scope(
    programme_id=1,
    outcome=ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS, Direction.HIGHER),
    segmentation_model_id=1,
    margin=MARGIN,
)
# What is done when there is no advice: the first channel in the first style.
USUAL = (0, 0)


@dataclass
class Unfolding:
    """A programme with known truth, and what is known and advised of it by each half-year.

    half_years: how many. in_force: per profile the variant advised, as channel and style.
    """

    programme: Programme
    seed: int
    half_years: int = 8
    candidates: list[Candidate] = field(default_factory=list)
    in_force: dict[int, tuple[int, int]] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = np.random.default_rng([self.seed, 1])
        self.truth: Truth = draw_truth(self.programme, np.random.default_rng(self.seed))
        self.of_lab = self.draw.normal(0, 0.3, self.programme.labs)

    @cached_property
    def rates(self) -> np.ndarray:
        """The true rates in the standard situation, (profiles, channels, styles)."""
        return 1 / (1 + np.exp(-(self.truth.level[:, None, None] + self.truth.effects)))

    def unfold(self) -> Iterable[int]:
        """Hold the experiments of each half-year, ask what to advise, and follow it."""
        each = self.programme.experiments // self.half_years
        for half_year in range(self.half_years):
            for _number in range(each):
                self._hold_experiment(half_year)
            design = self.describe()
            known = self.known[half_year] = advise(self.choose(), design)
            self._accept(known)
            yield half_year

    def choose(self) -> tuple[CellRow, ...]:
        """Return the cells of all experiments that are over, as the product chooses them."""
        return choose(self.candidates, SCOPE, self._asked).rows

    def describe(self) -> BacktestDesign:
        """Return what a back-test of all half-years so far is told."""
        ends = tuple((str(one.id), one.ends_on) for one in self.candidates)
        days = tuple(sorted({day for _experiment, day in ends}))[:-1]
        usual = self.write(*USUAL)
        return BacktestDesign(
            scope=SCOPE,
            names=self._names,
            asked=self._asked,
            ends=ends,
            days=days,
            controls=tuple((experiment, usual) for experiment, _day in ends),
        )

    def find_regret(self) -> float:
        """Return what following the advice in force costs, as a mean share over profiles."""
        lost = [
            rates.max() - rates[self.in_force.get(profile, USUAL)]
            for profile, rates in enumerate(self.rates)
        ]
        return float(np.mean(lost))

    def read_codes(self, known: Known) -> list[tuple[int, int]]:
        """Return the channel and style of each variant in an estimate, in its order."""
        axes = known.estimate.axes
        return [
            self.read((one.channel, write_style(axes, one.values)))
            for one in known.estimate.variants
        ]

    def find_rate(self, profile: int | None, variant: tuple[int, int]) -> float:
        """Return the true rate of a variant in a profile, None for the mean of all."""
        rates = self.rates[(slice(None), *variant)]
        return float(rates.mean() if profile is None else rates[profile - 1])

    @staticmethod
    def write(channel: int, style: int) -> VariantCode:
        """Return the code of a variant as cells have it."""
        return str(channel + 1), f"1={style + 1}"

    @staticmethod
    def read(code: VariantCode) -> tuple[int, int]:
        """Return the channel and style of a code."""
        return int(code[0]) - 1, int(code[1].partition("=")[2]) - 1

    @property
    def _asked(self) -> tuple[str, ...]:
        return tuple(str(profile + 1) for profile in range(self.programme.profiles))

    @property
    def _names(self) -> Names:
        named = {
            str(one.id): NamedExperiment(str(one.id), "lab", "A", one.starts_on, one.ends_on)
            for one in self.candidates
        }
        return Names({}, named, {code: Name(code, code) for code in self._asked}, {}, {})

    def _hold_experiment(self, half_year: int) -> None:
        programme, number = self.programme, len(self.candidates) + 1
        lab = (number - 1) % programme.labs
        own = self.draw.normal(0, 0.6) + self.of_lab[lab]
        with_variants = [USUAL]
        if self.in_force and self.draw.random() < 0.5:
            advised = list(self.in_force.values())
            with_variants.append(advised[self.draw.integers(len(advised))])
        rows = hold_experiment(
            programme, self.draw, number, lab, own, self.truth, tuple(dict.fromkeys(with_variants))
        )
        # An experiment ends with its half-year: what it shows is known at once for all of them.
        ends_on = START + (half_year + 1) * HALF_YEAR
        self.candidates.append(self._describe(number, lab, ends_on, rows))

    def _describe(self, number: int, lab: int, ends_on: date, rows: list[CellRow]) -> Candidate:
        codes = {row[4:6]: None for row in rows}
        variants = {
            code: VariantFacts(
                100 * number + place,
                *self.write(int(code[0][1:]), int(code[1][1:])),
                SCOPE.outcome.denominator_kind,
            )
            for place, code in enumerate(codes)
        }
        cells = tuple(
            CellSum(
                variant_id=variants[row[4:6]].id,
                profile_id=int(row.profile[1:]) + 1,
                is_profile_known_before=True,
                wave=int(row.wave[1:]) + 1,
                cluster="",
                records=1,
                without_people=0,
                without_responses=0,
                people=row.nobs,
                responses=row.count,
            )
            for row in rows
        )
        return Candidate(
            id=number,
            living_lab_id=lab + 1,
            status=ExperimentStatus.PUBLISHED,
            numerator_step=SCOPE.outcome.numerator_step,
            denominator_step=SCOPE.outcome.denominator_step,
            direction=SCOPE.outcome.direction,
            issue_type_id=None,
            phase_id=None,
            starts_on=ends_on - HALF_YEAR,
            ends_on=ends_on,
            grade="A",
            variants=tuple(variants.values()),
            cells=cells,
        )

    def _accept(self, known: Known) -> None:
        """Let every proposal that advises something replace what was in force."""
        for one in known.advice:
            profiles = range(self.programme.profiles)
            about = profiles if one.profile is None else [int(one.profile) - 1]
            for profile in about:
                if one.variant is not None:
                    self.in_force[profile] = self.read(one.variant)
                elif one.state == ProposalState.NO_DIFFERENCE:
                    # What makes no difference is no reason to leave what is done.
                    continue
