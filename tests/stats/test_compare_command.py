"""The command `compare`, from a file to text or JSON."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from analysis.commands import compare
from tests.stats.references import LETTERS, ROOT, answers, rows

HEADER = "channel,reached,responded\n"


@pytest.fixture
def run(tmp_path):
    """Run the command on a text or bytes with options."""

    def run_on(content, *options):
        path = tmp_path / "cells.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(compare, [str(path), *options])

    return run_on


@pytest.fixture
def records(run):
    """Run the command for JSON and return its experiments."""

    def list_records(content, *options):
        result = run(content, "--json", *options)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout, parse_constant=pytest.fail)["experiments"]

    return list_records


def letters():
    """Return the file of the letters of 2006."""
    lines = ["profile,channel,reached,responded"]
    lines += ["{profile},{arm},{n},{y}".format(**row) for row in rows("social_pressure")]
    return "\n".join(lines)


def test_json_holds_what_was_agreed(records):
    (experiment,) = records(letters(), "--control", "Control")
    assert list(experiment) == [
        "experiment",
        "denominator",
        "profiles",
        "total",
        "interaction",
        "comparisons_in_family",
        "sample_ratio",
        "warnings",
    ]
    profile = experiment["profiles"][0]
    assert list(profile) == ["profile", "verdict", "variants", "comparisons"]
    assert list(profile["variants"][0]) == [
        "channel",
        "style",
        "numerator",
        "denominator",
        "rate",
        "rate_ci_lower",
        "rate_ci_upper",
        "status",
    ]
    pair = [
        "channel",
        "style",
        "reference_channel",
        "reference_style",
        "difference",
        "ci_lower",
        "ci_upper",
        "method",
        "pvalue",
        "adjusted_pvalue",
        "verdict",
    ]
    assert list(profile["comparisons"][0]) == pair
    stratified = [
        "stratified_difference",
        "stratified_ci_lower",
        "stratified_ci_upper",
        "stratified_method",
        "stratified_pvalue",
        "stratified_adjusted_pvalue",
    ]
    assert list(experiment["total"]["comparisons"][0]) == pair + stratified
    assert list(experiment["interaction"]) == ["statistic", "df", "pvalue"]


def test_json_equals_r(records):
    (experiment,) = records(letters(), "--control", "Control")
    reference = answers("social_pressure")["results"]
    assert experiment["interaction"]["statistic"] == pytest.approx(48.1715252184, abs=1e-6)
    assert experiment["comparisons_in_family"] == 36
    for profile in experiment["profiles"]:
        assert len(profile["variants"]) == len(LETTERS)
        for pair in profile["comparisons"]:
            key = f"{profile['profile']}|{pair['channel']}"
            expected = reference["per_profile_vs_control"][key]
            limits = [pair["ci_lower"], pair["ci_upper"]]
            assert limits == pytest.approx(expected["miettinen_nurminen"], abs=1e-8)
            assert pair["adjusted_pvalue"] == pytest.approx(reference["p_holm"][key], rel=1e-8)


def test_text_says_the_answer_first_in_dutch(run):
    result = run(letters(), "--control", "Control")
    first = result.stdout.splitlines()[2]
    assert first.startswith("▲ a40-59_not04_multi: Neighbors werkt duidelijk beter dan Control.")
    assert "één advies volstaat" in result.stdout
    assert "Neighbors works clearly better" in run(letters(), "--language", "en").stdout


def test_the_method_is_told_in_words(run):
    told = run(letters(), "--control", "Control").stdout
    assert "aandelen van de mensen die zijn bereikt" in told
    assert "Verschillen volgens Miettinen–Nurminen" in told
    assert "over 36 vergelijkingen" in told
    assert "Het oordeel over iedereen samen volgt Mantel–Haenszel, binnen profielen." in told
    single = run(HEADER + "a,100,10\n", "--language", "en").stdout
    assert single.splitlines()[-1].endswith("with Wilson's limits.")


def test_a_control_is_named_with_its_style(records):
    content = "channel,style,reached,responded\nletter,warm,100,9\nletter,cool,100,5\ncall,,80,9\n"
    (experiment,) = records(content, "--control", "letter/cool")
    references = {
        (pair["reference_channel"], pair["reference_style"])
        for pair in experiment["profiles"][0]["comparisons"]
    }
    assert references == {("letter", "cool")}


@pytest.mark.parametrize("control", ["phone", "letter"])
def test_an_unclear_control_lists_the_variants(run, control):
    content = "channel,style,reached,responded\nletter,warm,100,9\nletter,cool,100,5\ncall,,80,9\n"
    result = run(content, "--control", control, "--language", "en")
    assert result.exit_code == 2
    assert "letter/warm, letter/cool, call" in result.stderr
    assert result.stdout == ""


def test_an_experiment_without_the_control_is_compared_in_full(records):
    content = "experiment,channel,reached,responded\n1,a,90,9\n1,b,90,5\n2,b,80,9\n2,c,80,12\n"
    first, second = records(content, "--control", "a")
    assert first["warnings"] == []
    assert [warned["code"] for warned in second["warnings"]] == ["control_missing"]
    assert second["profiles"][0]["comparisons"][0]["reference_channel"] == "c"


def test_margin_and_denominator_change_the_answer(records, run):
    content = "channel,offered,reached,responded\na,2000,1000,100\nb,2000,1500,130\n"
    offered, reached = (records(content, "--denominator", one)[0] for one in ("offered", "reached"))
    assert offered["total"]["variants"][1]["denominator"] == 2000
    assert reached["total"]["variants"][1]["denominator"] == 1500
    assert records(content)[0] == offered
    verdicts = {records(content, "--margin", one)[0]["total"]["verdict"] for one in ("0.01", "0.2")}
    assert len(verdicts) == 2
    missing = content + "c,,90,9\n"
    assert records(missing)[0]["denominator"] == "reached"
    assert run(missing, "--denominator", "offered").exit_code == 2


def test_semicolons_a_mark_and_equal_keys_are_read(records):
    content = "﻿Channel;Reached;Responded\r\na;40;3\r\n\r\na;60;7\r\nb;100;20\r\n"
    (experiment,) = records(content)
    counts = [(one["numerator"], one["denominator"]) for one in experiment["total"]["variants"]]
    assert counts == [(10, 100), (20, 100)]
    assert experiment["profiles"][0]["profile"] is None


@pytest.mark.parametrize(
    "content",
    [
        "\n;;\nchannel;reached;responded\na;100;10\nb;100;20\n",
        "channel\treached\tresponded\na\t100\t10\nb\t100\t20\n",
        'channel, reached, responded\n"a", "100", "10"\n"b", 0100, 20\n',
        "channel,reached,responded\ra,100,10\rb,100,20\r",
    ],
)
def test_files_from_other_programs_are_read(records, content):
    (experiment,) = records(content)
    assert [one["rate"] for one in experiment["total"]["variants"]] == [0.1, 0.2]


def test_lines_that_stand_there_twice_are_counted_with_a_warning(run, records):
    content = HEADER + "a,100,10\na,100,10\nb,100,20\n"
    (experiment,) = records(content, "--language", "en")
    assert experiment["total"]["variants"][0]["denominator"] == 200
    (warned,) = experiment["warnings"]
    assert (warned["code"], warned["rows"]) == ("repeated_rows", 1)
    days = "day,channel,reached,responded\n1,a,100,10\n2,a,100,10\n1,b,100,20\n"
    assert records(days)[0]["warnings"] == []


def test_rows_that_lack_the_number_offered_are_told(records):
    content = "channel,offered,reached,responded\na,200,100,10\na,,90,9\nb,300,100,20\nb,,90,9\n"
    (experiment,) = records(content)
    assert experiment["denominator"] == "reached"
    assert [one["code"] for one in experiment["warnings"]] == ["different_denominators"]


@pytest.mark.parametrize("margin", ["nan", "0", "1", "-0.1", "inf"])
def test_a_margin_that_is_no_share_is_refused(run, margin):
    result = run(HEADER + "a,100,10\nb,100,20\n", "--margin", margin)
    assert result.exit_code == 2
    assert "--margin" in result.stderr


def test_a_lab_alone_names_its_experiment(records):
    content = "living_lab,channel,reached,responded\nx,a,90,9\ny,a,90,9\n"
    assert [one["experiment"] for one in records(content)] == ["x", "y"]


def test_labs_keep_experiments_of_one_name_apart(records):
    content = "living_lab,experiment,channel,reached,responded\nx,1,a,90,9\ny,1,a,90,9\ny,2,a,9,1\n"
    assert [one["experiment"] for one in records(content)] == ["x / 1", "y / 1", "2"]


def test_clusters_give_an_error_between_clusters(records):
    lines = ["wave,cluster,channel,reached,responded"]
    lines += ["{strata},{unit},{treated},{n},{y}".format(**row) for row in rows("rock_the_vote")]
    (experiment,) = records("\n".join(lines), "--control", "0")
    (pair,) = experiment["total"]["comparisons"]
    assert pair["method"] == "cluster_robust_t"
    assert pair["pvalue"] == pytest.approx(0.485414, abs=1e-5)
    # Within the strata the systems are alike enough to tell, and the verdict follows those.
    assert pair["stratified_method"] == "matched_blocks_t"
    assert pair["stratified_pvalue"] < 0.05
    assert pair["verdict"] == "clearly_better"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("a,-5,1", "reached", "-5 is negative"),
        ("a,ten,1", "reached", "“ten” is not a whole number"),
        ("a,5.0,1", "reached", "“5.0” is not a whole number"),
        ("a,10,11", "responded", "responded (11) is more than reached (10)"),
        ("a,,1", "reached", "empty"),
        (",10,1", "channel", "empty"),
        ("a,10,1,9", "responded", "more fields"),
    ],
)
def test_a_faulty_row_is_named_with_a_way_out(run, row, column, reason):
    result = run(HEADER + "a,10,1\n" + row + "\n", "--language", "en")
    assert result.exit_code == 2
    assert f"Line 3, column {column}: " in result.stderr
    assert reason in result.stderr
    assert result.stdout == ""


def test_every_faulty_row_is_named_at_once(run):
    result = run("channel,offered,reached,responded\na,5,6,7\nb,1,x,-1\n")
    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "Regel 2, kolom responded",
        "Regel 2, kolom reached",
        "Regel 3, kolom reached",
        "Regel 3, kolom responded",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (HEADER, "no rows"),
        ("channel,reached\na,5\n", "column responded is missing"),
        ("channel,reached,reached,responded\na,5,5,1\n", "stands there twice"),
        ("channel,reached,responded\ncafé,5,1\n".encode("latin-1"), "Line 2 is not in UTF-8"),
        (b"PK\x03\x04 a sheet", "not a CSV file"),
        (HEADER + "a,5,1\n" + "x" * 140_000 + ",5,1\n", "Line 3 cannot be read"),
        (HEADER + "a," + "9" * 5000 + ",1\n", "is too large"),
        (HEADER + "a,1000000000000,1\n", "is too large"),
        (HEADER + "".join(f"{one},9,1\n" for one in range(101)), "101 variants"),
        (
            "profile," + HEADER + "".join(f"{one},a,9,1\n{one},b,9,1\n" for one in range(1001)),
            "1,001 profiles",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(run, content, reason):
    result = run(content, "--language", "en")
    assert result.exit_code == 2
    assert reason in result.stderr


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "a,0,0\nb,0,0\n",
        HEADER + "a,90,0\nb,80,0\n",
        HEADER + "a,90,90\nb,80,80\n",
        HEADER + "a,90,9\n",
        "cluster,channel,reached,responded\nx,a,90,9\ny,b,80,9\n",
        "wave,channel,reached,responded\nx,a,90,9\ny,b,80,9\n",
    ],
)
def test_odd_counts_give_text_and_strict_json(run, records, content):
    assert run(content).exit_code == 0
    (experiment,) = records(content)
    assert experiment["total"]["verdict"] in {"not_enough_data", "no_difference"}


def test_the_installed_command_answers(tmp_path):
    path = tmp_path / "cells.csv"
    path.write_text(HEADER + "a,100,9\nb,100,30\n", encoding="utf-8")
    command = [sys.executable, "-c", "from lab.cli import main; main()", "compare", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "b werkt duidelijk beter dan a" in done.stdout


def test_columns_that_are_not_used_are_named(run):
    result = run("profiel,channel,reached,responded\nA,letter,10,1\nA,card,10,2\n")
    assert result.exit_code == 0
    assert "profiel" in result.stderr
