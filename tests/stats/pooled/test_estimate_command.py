"""The command `proeftuin estimate`, against answers of R and with faulty files."""

import csv
import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.stats.pooled.data import BIAS_SD
from lab.cli import main
from tests.stats.pooled.programmes import draw_rows
from tests.stats.references import answers, rows

HEADER = "living_lab,experiment,wave,profile,channel,style,cluster,reached,responded\n"


def run(tmp_path, lines, *options, header=HEADER):
    """Run the command on lines of a file; return its answer and the folder it wrote."""
    file = tmp_path / "cells.csv"
    file.write_text(header + "".join(",".join(map(str, one)) + "\n" for one in lines), "utf-8")
    folder = tmp_path / "out"
    command = ["estimate", str(file), "--output", str(folder), *options]
    return CliRunner().invoke(main, command), folder


def read(folder):
    with (folder / "estimates.csv").open(encoding="utf-8", newline="") as file:
        estimates = list(csv.DictReader(file))
    model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    with np.load(folder / "draws.npz", allow_pickle=False) as held:
        return estimates, model, dict(held)


def smoking():
    lines = [
        ("", one["study"], "", "-", one["trt"], "-", "", one["n"], one["y"])
        for one in rows("smoking_nma")
    ]
    fit = answers("smoking_nma_reml")["results"]["study_fixed"]["REML"]
    names = {f"trt{one}": one for one in ("self_help", "ind_counseling", "grp_counseling")}
    return lines, fit, names, "no_contact", ("experiment_variant", fit["sd"]["arm"])


def nicotine_gum():
    lines = [
        ("", one["study"], "", "-", channel, "-", "", one[f"n_{side}"], one[f"y_{side}"])
        for one in rows("nicotine_gum")
        for side, channel in (("t", "gum"), ("c", "none"))
    ]
    fit = answers("nicotine_gum_reml")["results"]["study_fixed"]["REML"]
    term = ("experiment_variant", fit["sd"]["study"] / math.sqrt(2))
    return lines, fit, {"trt": "gum"}, "none", term


def rock_the_vote():
    lines = [
        ("", one["strata"], "", "-", one["treated"], "-", one["unit"], one["n"], one["y"])
        for one in rows("rock_the_vote")
    ]
    fit = answers("rock_the_vote_reml")["results"]["strata_fixed"]["REML"]
    return lines, fit, {"treated": "1"}, "0", ("cluster", fit["sd"]["unit"])


@pytest.mark.parametrize("case", [smoking, nicotine_gum, rock_the_vote])
def test_without_priors_the_answers_are_those_of_reml(tmp_path, case):
    lines, fit, names, control, (term, sd) = case()
    answer, folder = run(tmp_path, lines, "--priors", "none")
    assert answer.exit_code == 0, answer.output
    estimates, model, draws = read(folder)
    effect = {one["channel"]: float(one["effect"]) for one in estimates}
    place = draws["channels"].tolist()
    for name, channel in names.items():
        assert effect[channel] - effect[control] == pytest.approx(fit["coef"][name], abs=1e-3)
        drawn = (
            draws["draws"][:, 0, place.index(channel)] - draws["draws"][:, 0, place.index(control)]
        )
        assert drawn.std(ddof=1) == pytest.approx(fit["se"][name], rel=0.05)
    assert model["terms"][term]["sd"] == pytest.approx(sd, abs=2e-3)


def test_profiles_share_what_the_letters_do(tmp_path):
    lines = [
        ("", "letters", "", one["profile"], one["arm"], "-", "", one["n"], one["y"])
        for one in rows("social_pressure")
    ]
    answer, folder = run(tmp_path, lines, "--priors", "none")
    assert answer.exit_code == 0, answer.output
    estimates, model, _draws = read(folder)
    fit = answers("social_pressure_reml_profile_fixed")["REML"]
    mean = {
        name: np.mean([float(one["effect"]) for one in estimates if one["channel"] == name])
        for name in ("Control", "Neighbors")
    }
    assert mean["Neighbors"] - mean["Control"] == pytest.approx(
        fit["coef"]["armNeighbors"], abs=6e-3
    )
    assert model["terms"]["profile_channel"]["sd"] == pytest.approx(fit["sd"]["pa"], abs=2e-3)
    assert "profile_channel" in model["terms"]["cell"]["dropped"]


def test_files_hold_every_column_and_term(tmp_path):
    answer, folder = run(tmp_path, [tuple(one) for one in draw_rows()])
    assert answer.exit_code == 0, answer.output
    estimates, model, draws = read(folder)
    assert len(estimates) == 3 * 6
    assert draws["draws"].shape == (4000, 3, 6)
    assert {one["status"] for one in estimates} == {"ok"}
    assert sum(int(one["advised"]) for one in estimates) == 3
    assert len(model["terms"]) == 13
    assert all("sd" in one or "dropped" in one for one in model["terms"].values())
    assert (model["seed"], model["denominator"], model["experiments_used"]) == (1, "reached", 8)


def test_grades_without_a_lottery_are_left_out_with_the_reason(tmp_path):
    header = HEADER.replace("reached", "grade,reached")
    lines = [(*one[:7], "C" if one.experiment == "e0" else "B", *one[7:]) for one in draw_rows()]
    answer, folder = run(tmp_path, lines, header=header)
    assert answer.exit_code == 0, answer.output
    _estimates, model, _draws = read(folder)
    assert model["experiments"] == 7
    assert [(one["experiment"], one["reason"][:7]) for one in model["left_out_by_grade"]] == [
        ("e0", "grade C")
    ]
    assert "bias_sd" not in model


def test_sensitivity_uses_grade_c_with_a_known_bias(tmp_path):
    header = HEADER.replace("reached", "grade,reached")
    grades = {"e0": "C", "e1": "D"}
    lines = [(*one[:7], grades.get(one.experiment, "B"), *one[7:]) for one in draw_rows()]
    answer, folder = run(tmp_path, lines, "--sensitivity", header=header)
    assert answer.exit_code == 0, answer.output
    _estimates, model, _draws = read(folder)
    assert model["experiments"] == 7
    assert [one["experiment"] for one in model["left_out_by_grade"]] == ["e1"]
    assert model["bias_sd"] == BIAS_SD
    assert model["biased_experiments"] == [{"living_lab": "l0", "experiment": "e0"}]


def test_sensitivity_without_grade_c_gives_the_same_numbers(tmp_path):
    folders = []
    for number, options in enumerate(((), ("--sensitivity",))):
        (tmp_path / str(number)).mkdir()
        answer, folder = run(tmp_path / str(number), draw_rows(), *options)
        assert answer.exit_code == 0, answer.output
        folders.append(folder)
    for name in ("estimates.csv", "claims.csv", "draws.npz"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("experiment,profile,channel,reached,responded\n", ("e", "p", "a", 9, 1), "style"),
        (HEADER, ("", "e", "", "p", "a", "-", "", 9, 10), "2, column responded"),
        (HEADER, ("", "e", "", "p", "a", "-", "", "many", 1), "2, column reached"),
    ],
)
def test_faulty_file_ends_with_a_sentence_naming_line_and_column(tmp_path, header, line, told):
    answer, _folder = run(tmp_path, [line], "--language", "en", header=header)
    assert answer.exit_code == 2
    assert told in answer.output


def test_file_without_rows_ends_with_code_two(tmp_path):
    answer, _folder = run(tmp_path, [])
    assert answer.exit_code == 2


def test_each_variant_is_held_against_a_chosen_reference(tmp_path):
    lines, *_rest = smoking()
    answer, folder = run(tmp_path, lines, "--reference", "no_contact", "-")
    assert answer.exit_code == 0, answer.output
    with (folder / "reference.csv").open(encoding="utf-8", newline="") as file:
        held = {one["channel"]: one for one in csv.DictReader(file)}
    rates = {one["channel"]: float(one["rate"]) for one in read(folder)[0]}
    assert set(held) == set(rates) - {"no_contact"}
    for channel, one in held.items():
        gap = rates[channel] - rates["no_contact"]
        assert float(one["difference"]) == pytest.approx(gap, abs=1e-9)
        assert float(one["difference_ci_lower"]) < gap < float(one["difference_ci_upper"])
    assert float(held["ind_counseling"]["difference_ci_lower"]) > 0


def test_unknown_reference_is_refused_with_its_name(tmp_path):
    lines, *_rest = smoking()
    answer, folder = run(tmp_path, lines, "--reference", "pigeon", "-")
    assert answer.exit_code == 2
    assert "pigeon" in answer.output
    assert not folder.exists()
