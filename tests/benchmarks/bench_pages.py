"""What report pages cost at 200 experiments, beside a page that does next to nothing.

Run it as `python -m tests.benchmarks.bench_pages`: 200 experiments × 8 profiles × 4 variants with
kept runs, once with a million contacts in 6,400 records and once with ten million in 204,800. Per
page it prints the CPU time of the first reading, that of a later one as a multiple of the plain
page (at most 3), and how much more ten million contacts cost (at most 1.2 times). A PDF may take a
second.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from lab.app import create_app
from lab.models.people import User
from lab.settings import Settings
from tests.benchmarks.bench_report import make_plain_app, measure
from tests.benchmarks.many_experiments import Numbers, fill
from tests.builders import Builder

MOST_TIMES = 3.0
MOST_GROWTH = 1.2
FEW, MANY = (1, 160), (32, 1600)
PUBLIC, RESEARCHER = "public", "researcher"
PAGES = (
    (PUBLIC, "/experiments/{experiment}/outcome"),
    (PUBLIC, "/evidence?programme={programme}"),
    (PUBLIC, "/evidence/{run}"),
    (PUBLIC, "/evidence/{run}?profile={profile}"),
    (PUBLIC, "/evidence/{run}/labs"),
    (PUBLIC, "/labs/{lab}/evidence"),
    (PUBLIC, "/evidence/map?programme={programme}"),
    (PUBLIC, "/evidence/next?programme={programme}"),
    (RESEARCHER, "/evidence/{run}/proposals"),
    (PUBLIC, "/advice?programme={programme}"),
    (PUBLIC, "/advice/editions/{programme}/1"),
    (PUBLIC, "/advice/{rule}"),
    (PUBLIC, "/advice/guide?programme={programme}"),
    (PUBLIC, "/advice/backtest?programme={programme}"),
    (RESEARCHER, "/work"),
)
PDFS = ("/experiments/{experiment}/outcome.pdf", "/evidence/{run}.pdf")
MOST_SECONDS = 1.0


class Site(NamedTuple):
    """The product on one database, with a browser for each kind of reader."""

    clients: dict
    numbers: Numbers
    engine: object

    def view(self, role: str, address: str) -> Callable[[], object]:
        """Return what reads a page."""
        url = address.format(**{one: getattr(self.numbers, one) for one in Numbers.__slots__})
        return lambda: self.clients[role].get(url)


class Cost(NamedTuple):
    """What one page costs, in milliseconds of CPU."""

    address: str
    first: float
    plain: float
    few: float
    many: float

    @property
    def times(self) -> float:
        """How many times the plain page, with ten million contacts."""
        return self.many / self.plain

    @property
    def growth(self) -> float:
        """How many times the same page with a million."""
        return self.many / self.few

    @property
    def is_met(self) -> bool:
        """Whether it keeps to both bars."""
        return self.times <= MOST_TIMES and self.growth <= MOST_GROWTH


def open_site(folder: Path, records: int, people: int) -> Site:
    """Return the product on a database with so many records and people in each cell."""
    url = f"sqlite:///{folder / 'pages.db'}"
    numbers = fill(url, folder, records, people)
    app = create_app(Settings(folder, url, secret_key="0" * 64))
    clients = {PUBLIC: app.test_client(), RESEARCHER: app.test_client()}
    with Session(app.extensions["engine"]) as session:
        Builder(session).sign_in(clients[RESEARCHER], session.get_one(User, numbers.user))
    return Site(clients, numbers, app.extensions["engine"])


def read_first(view: Callable[[], object]) -> float:
    """Return the CPU time of the first reading; the page must be there."""
    start = time.process_time()
    answer = view()
    cost = (time.process_time() - start) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request.path}: {answer.status_code}")
    return cost


def weigh(plain, few: Site, many: Site, role: str, address: str) -> Cost:
    """Return what a page costs on both databases, beside the plain page."""
    views = [lambda: plain.get("/"), few.view(role, address), many.view(role, address)]
    read_first(views[0])
    read_first(views[1])
    first = read_first(views[2])
    return Cost(address, first, *measure(*views))


def write_pdf(site: Site, address: str) -> float:
    """Return how long a report takes as PDF, in seconds of CPU: the second time."""
    view = site.view(PUBLIC, address)
    read_first(view)
    return read_first(view) / 1000


def main() -> int:
    """Print what all pages cost, and fail when one costs too much."""
    tell = sys.stdout.write
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = make_plain_app(folder).test_client()
        few, many = open_site(folder / "few", *FEW), open_site(folder / "many", *MANY)
        for site in (few, many):
            tell(f"{site.numbers.contacts:,} contacts in {site.numbers.records:,} records\n")
        tell(f"{'page':45} first ms   plain    page   times  growth\n")
        costs = []
        for role, address in PAGES:
            cost = weigh(plain, few, many, role, address)
            costs.append(cost)
            tell(
                f"{address:45} {cost.first:8.1f} {cost.plain:7.2f} {cost.many:7.2f}"
                f" {cost.times:7.2f} {cost.growth:7.2f}{'' if cost.is_met else '  MISSED'}\n"
            )
            sys.stdout.flush()
        seconds = [write_pdf(many, address) for address in PDFS]
        for address, took in zip(PDFS, seconds, strict=True):
            tell(f"{address:45} {took:8.2f} s{'' if took <= MOST_SECONDS else '  MISSED'}\n")
        for site in (few, many):
            site.engine.dispose()
    return int(not all(one.is_met for one in costs) or max(seconds) > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
