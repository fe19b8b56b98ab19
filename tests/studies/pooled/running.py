"""Running studies: seeds in parallel, scores kept between runs, and one table of what they show."""

import argparse
import ast
import csv
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from analysis.stats.pooled.version import METHOD_VERSION
from tests.studies.pooled.bars import UNKNOWN, Bar, Columns, Finding, write_table

ROOT = Path(__file__).resolve().parents[3]
# What the figures of every study rest on, besides the study's own module.
METHOD = ("analysis/stats", "analysis/stats/pooled")
COMMON = ("tests/studies/pooled/programmes.py", "tests/studies/pooled/scores.py")

Row = dict[str, float]


@dataclass(frozen=True)
class Study:
    """A question that seeds answer: the scores of one seed, and the bars of all together.

    key: studies with the same key have the same scores, so that no seed is fitted twice. quick,
    full: the seeds of a short and of the real run. is_timed: it measures time, so it runs alone.
    """

    name: str
    key: str
    score: Callable[[int], Row]
    bars: tuple[Bar, ...]
    quick: Sequence[int]
    full: Sequence[int]
    is_timed: bool = False


class Scores:
    """Scores per study and seed, kept in a folder of files if one is given.

    Files stand in a folder of the method's version, so that no score of another is taken for ours.
    """

    def __init__(self, folder: Path | None):
        self.folder = folder
        self.rows: dict[str, dict[int, Row]] = {}

    def find(self, study: Study) -> dict[int, Row]:
        """Return the rows of a study by seed, those of earlier runs included."""
        if study.key not in self.rows:
            path = self._path(study)
            self.rows[study.key] = _read_rows(path) if path and path.exists() else {}
        return self.rows[study.key]

    def add(self, study: Study, seed: int, row: Row) -> None:
        """Keep the row of a seed, on disk too."""
        self.find(study)[seed] = row
        path = self._path(study)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(["seed", *row])
            writer.writerow([seed, *row.values()])

    def _path(self, study: Study) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / find_version(study.score) / f"{study.key.replace(' ', '-')}.csv"


def _read_rows(path: Path) -> dict[int, Row]:
    with path.open(newline="", encoding="utf-8") as file:
        held = list(csv.DictReader(file))
    return {
        int(one["seed"]): {name: float(value) for name, value in one.items() if name != "seed"}
        for one in held
    }


def run_study(study: Study, seeds: Sequence[int], scores: Scores, jobs: int = 1) -> list[Finding]:
    """Score the seeds that have no score yet; return what all of them show.

    A seed that cannot be scored is told, and meets no bar.
    """
    rows = scores.find(study)
    missing = [seed for seed in seeds if seed not in rows]
    for done, (seed, row) in enumerate(_score_seeds(study, missing, jobs), 1):
        told = f"{study.name}: seed {seed}, {done} of {len(missing)}"
        if isinstance(row, Exception):
            told += f" broke: {type(row).__name__}: {row}"
        else:
            scores.add(study, seed, row)
        tell(told, sys.stderr)
    held = [seed for seed in seeds if seed in rows]
    if not held:
        return [Finding(bar, UNKNOWN, 0) for bar in study.bars]
    columns = gather(rows, held)
    broken = len(seeds) - len(held)
    return [bar.judge(columns)._replace(broken=broken) for bar in study.bars]


def gather(rows: dict[int, Row], seeds: Sequence[int]) -> Columns:
    """Return the scores of seeds as columns."""
    names = rows[seeds[0]]
    held = {name: np.array([rows[seed][name] for seed in seeds]) for name in names}
    return held | {"seed": np.array(seeds)}


def _score_seeds(
    study: Study, seeds: Sequence[int], jobs: int
) -> Iterator[tuple[int, Row | Exception]]:
    if jobs == 1 or study.is_timed or len(seeds) < 2:
        for seed in seeds:
            yield seed, _score_seed(study.score, seed)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        running = {pool.submit(_score_seed, study.score, seed): seed for seed in seeds}
        for future in as_completed(running):
            yield running[future], future.result()


def _score_seed(score: Callable[[int], Row], seed: int) -> Row | Exception:
    try:
        return score(seed)
    except Exception as error:
        # One broken seed must not cost the scores of the others.
        return error


def find_version(score: Callable[[int], Row]) -> str:
    """Return the version of the method and of the study: the method's own, and a digest of code.

    Comments and layout make no difference.
    """
    own = Path(inspect.getfile(getattr(score, "func", score)))
    return f"{METHOD_VERSION}-{_digest(own)}"


@cache
def _digest(own: Path) -> str:
    files = [path for folder in METHOD for path in sorted((ROOT / folder).glob("*.py"))]
    files += [ROOT / name for name in COMMON] + [own]
    code = (ast.dump(ast.parse(path.read_text(encoding="utf-8"))) for path in files)
    return hashlib.sha256("\n".join(code).encode()).hexdigest()[:10]


def read_seeds(text: str) -> list[int]:
    """Return the seeds of a text such as 1-32,1001-1004."""
    found: list[int] = []
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def tell(line: str, where=None) -> None:
    """Write one line."""
    (where or sys.stdout).write(f"{line}\n")
    (where or sys.stdout).flush()


def run_command(about: str, studies: Sequence[Study]) -> None:
    """Run the studies that the command line names, and print the table of what they show."""
    chosen = _read_arguments(about, studies)
    scores, findings = Scores(chosen.keep), []
    for study in studies:
        if seeds := _choose_seeds(study, chosen):
            findings += run_study(study, seeds, scores, chosen.jobs)
    table = write_table(findings)
    tell(table)
    if chosen.markdown:
        chosen.markdown.write_text(table, encoding="utf-8")
    missed = [one.bar.what for one in findings if one.bar.bounds and not one.is_met]
    tell(f"not met: {'; '.join(missed) if missed else 'none'}")


def _choose_seeds(study: Study, chosen: argparse.Namespace) -> Sequence[int]:
    """Return the seeds to run of a study, none if it was not asked for."""
    if chosen.studies and study.name not in chosen.studies:
        return ()
    if chosen.seeds:
        return chosen.seeds
    # What is too long for a short run still runs when it is named.
    is_full = chosen.full or (chosen.studies and not study.quick)
    return study.full if is_full else study.quick


def _read_arguments(about: str, studies: Sequence[Study]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    names = sorted({study.name for study in studies})
    parser.add_argument("studies", nargs="*", metavar="study", help=f"some of: {', '.join(names)}")
    parser.add_argument("--seeds", type=read_seeds, help="such as 1-32,1001-1004")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a few seeds (the default)")
    size.add_argument("--full", action="store_true", help="all seeds")
    parser.add_argument("--keep", type=Path, help="folder of scores, so that a run can go on later")
    parser.add_argument("--jobs", type=int, default=1, help="seeds at a time")
    parser.add_argument("--markdown", type=Path, help="file to write the table to")
    chosen = parser.parse_args()
    unknown = set(chosen.studies) - set(names)
    if unknown:
        parser.error(f"no such study: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return chosen
