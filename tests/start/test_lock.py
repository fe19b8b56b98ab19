"""Which part of the lock an installation gets."""

import tomllib

import pytest

from lab.starting.environment import PROJECT, choose, read_lock
from lab.starting.steps import one_at_a_time

EXTRAS = set(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"])


def test_a_start_installs_no_test_tools():
    chosen = choose({"build"})
    assert {"flask", "scipy", "markupsafe", "uv", "hatchling"} <= set(chosen)
    assert not {"pytest", "playwright", "psycopg", "ruff"} & set(chosen)


@pytest.mark.parametrize(
    ("extra", "package"), [("postgres", "psycopg-binary"), ("test", "greenlet")]
)
def test_an_extra_brings_what_it_needs(extra, package):
    assert package not in choose({"build"})
    assert package in choose({"build", extra})


def test_all_extras_together_are_the_whole_lock():
    assert set(choose(EXTRAS)) == set(read_lock()[0])


def test_a_package_with_two_versions_keeps_both():
    assert choose(set())["numpy"].count("numpy==") == 2


def test_every_chosen_part_carries_its_hashes():
    assert all("--hash=sha256:" in block for block in choose(EXTRAS).values())


def test_the_lock_is_free_again_after_use():
    with one_at_a_time():
        pass
    with one_at_a_time():
        pass
