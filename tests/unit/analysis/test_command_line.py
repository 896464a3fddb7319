"""python -m analysis: what is printed, for several measures and profiles, and what is refused with exit code 2."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import __main__ as command_line
from analysis import data, options, profiles, results, synthesis

MEANS = "study,n1,mean1,sd1,n2,mean2,sd2\nAda,40,9,5,38,13,4\nBo,50,9,5,48,12,4\nCy,30,10,6,31,11,5\n"
EVENTS = "study,ai,n1i,ci,n2i\nAda,3,40,9,42\nBo,5,50,8,48\nCy,0,30,4,31\n"
REVMAN = "Study,Experimental cases,Experimental N,Control cases,Control N\nAda,3,40,9,42\nBo,5,50,8,48\n"
EFFECTS = "study,yi,vi,subgroup\nAda,0.1,0.02,x\nBo,0.5,0.03,x\nCy,-0.2,0.01,y\n"


@pytest.fixture
def run(tmp_path, capsys):
    def work(text, *arguments, encoding="utf-8"):
        file = tmp_path / "data.csv"
        file.write_bytes(text.encode(encoding))
        code = command_line.main([str(file), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err.replace(str(file), "data.csv")

    return work


def test_a_table_of_means(run):
    code, out, err = run(MEANS, "--measure", "SMD", "--model", "random", "--tau2", "REML")
    assert (code, err) == (0, "")
    studies = [
        data.ContinuousStudy(name, name, *row)
        for name, row in (
            ("Ada", (40, 9, 5, 38, 13, 4)), ("Bo", (50, 9, 5, 48, 12, 4)), ("Cy", (30, 10, 6, 31, 11, 5))
        )
    ]  # fmt: skip
    found = synthesis.analyse(
        studies, options.Options(measure="SMD", convention="metafor", model="random", tau2_method="REML")
    )
    assert f"Total: {found.overall.estimate:.4f} [{found.overall.ci_low:.4f}, {found.overall.ci_high:.4f}]" in out
    for row in found.studies:
        assert f"{row.label:<5}  {row.effect:>10.4f}" in out
    assert f"τ² = {found.overall.tau2:.6g}" in out
    assert f"digest of the inputs {found.digest[:16]}" in out


@pytest.mark.parametrize("profile", profiles.PROFILES)
@pytest.mark.parametrize(("measure", "text"), [("SMD", MEANS), ("MD", MEANS), ("OR", EVENTS), ("RD", REVMAN)])
def test_every_profile_prints_the_numbers_of_its_analysis(run, profile, measure, text):
    code, out, _ = run(text, "--measure", measure, "--profile", profile, "--json")
    stored = json.loads(out)
    assert code == 0
    assert results.Analysis.from_dict(stored).options == options.Options(measure=measure, convention=profile)
    code, shown, _ = run(text, "--measure", measure, "--profile", profile)
    overall = results.Analysis.from_dict(stored).overall
    assert code == 0
    assert f"k = {overall.k}, " in shown
    assert f"Q = {overall.q:.4f}, df = {overall.q_df}" in shown


def test_ratios_are_shown_as_ratios(run):
    _, out, _ = run(REVMAN, "--measure", "RR", "--profile", "revman5", "--json")
    overall = results.Analysis.from_dict(json.loads(out)).overall
    _, shown, _ = run(REVMAN, "--measure", "RR", "--profile", "revman5")
    assert overall.estimate < 0
    assert f"Total: {2.718281828459045**overall.estimate:.4f} [" in shown


def test_subgroups_have_their_own_lines(run):
    code, out, _ = run(EFFECTS, "--measure", "GEN", "--subgroup-tau2", "common", "--tau2-interval", "QP")
    assert code == 0
    assert "Subtotal of x: " in out
    assert "Test for subgroup differences: Q = " in out
    assert "Note: Subgroup “y” holds one study" in out


def test_choices_reach_the_analysis(run):
    given = ["--model", "random", "--tau2", "DL", "--interval", "HK", "--i2", "Q", "--level", "0.9"]
    more = ["--zero-cells", "all", "--zero-amount", "treatment_arm", "--prediction", "t_k-2"]
    _, out, _ = run(EVENTS, "--measure", "OR", *given, *more, "--json")
    found = json.loads(out)["options"]
    names = ("tau2_method", "interval", "i2_definition", "level", "zero_when", "zero_amount", "prediction")
    assert [found[name] for name in names] == ["DL", "HK", "Q", 0.9, "all", "treatment_arm", "t_k-2"]


def test_the_script_is_r(run):
    code, out, _ = run(MEANS, "--measure", "SMD", "--script")
    assert code == 0
    assert "library(metafor)" in out
    assert "rma(" in out


@pytest.mark.parametrize("measure", ["SMD", "RR", "PLO", "GEN"])
def test_library_and_command_line_begin_with_one_profile_and_say_which(run, measure):
    table = {"SMD": MEANS, "RR": EVENTS, "PLO": "study,xi,ni\nAda,3,40\nBo,5,50\n", "GEN": EFFECTS}[measure]
    _, out, _ = run(table, "--measure", measure, "--json")
    assert results.Analysis.from_dict(json.loads(out)).options == options.Options(measure=measure)
    _, shown, _ = run(table, "--measure", measure)
    assert f"Convention: {profiles.profile(profiles.DEFAULT).label}." in shown


@pytest.mark.parametrize(
    ("measure", "table", "back", "inside"),
    [
        ("PLO", "study,xi,ni\nAda,10,40\nBo,15,60\nCy,9,36\n", 0.25, -1.0986),
        ("PRZ", "study,xi,ni\nAda,10,40\nBo,15,60\nCy,9,36\n", 0.25, -0.6745),
        ("PAS", "study,xi,ni\nAda,10,40\nBo,15,60\nCy,9,36\n", 0.25, 0.5236),
        ("ZCOR", "study,ri,ni\nAda,0.5,40\nBo,0.5,60\nCy,0.5,36\n", 0.5, 0.5493),
        ("OR", "study,ai,n1i,ci,n2i\nAda,20,40,10,40\nBo,30,60,15,60\nCy,16,32,8,32\n", 3.0, 1.0986),
    ],
)
def test_numbers_are_printed_as_people_read_them_and_on_request_as_they_were_pooled(run, measure, table, back, inside):
    _, out, _ = run(table, "--measure", measure)
    assert f"Total: {back:.4f} [" in out
    _, out, _ = run(table, "--measure", measure, "--transformed")
    assert f"Total: {inside:.4f} [" in out
    assert "Numbers are on the scale of the analysis" in out
    _, out, _ = run(table, "--measure", measure, "--json")
    overall = json.loads(out)["overall"]
    assert (overall["natural"]["estimate"], overall["estimate"]) == pytest.approx((back, inside), abs=5e-5)


def test_a_freeman_tukey_proportion_says_with_which_size_it_goes_back(run):
    _, out, _ = run("study,xi,ni\nAda,10,40\nBo,15,60\n", "--measure", "PFT")
    assert "transformed back with the harmonic mean of the studies' sizes" in out
    assert "Ada        0.2500" in out


def test_results_have_the_interval_of_i2_and_the_degrees_of_freedom_of_prediction(run):
    for profile in profiles.PROFILES:
        _, out, _ = run(MEANS, "--measure", "MD", "--profile", profile, "--prediction", "t_k-2", "--json")
        overall = json.loads(out)["overall"]
        assert overall["i2_low"] <= overall["i2"] <= overall["i2_high"]
        assert overall["prediction_df"] == 1
    _, shown, _ = run(MEANS, "--measure", "MD", "--prediction", "t_k-2")
    assert "], t(1)" in shown


@pytest.mark.parametrize(
    "text", ["study;yi;vi\nA;−0,3;,5\nB;0,4;.25\nC;1;·125\n", "study,yi,vi\nA,-0.3,.5\nB,+.4,0.25\nC,1.,.125\n"]
)
def test_numbers_are_read_as_people_write_them(run, text):
    _, out, err = run(text, "--measure", "GEN", "--json")
    assert err == ""
    assert [row["effect"] for row in json.loads(out)["studies"]] == [-0.3, 0.4, 1.0]
    assert [row["variance"] for row in json.loads(out)["studies"]] == [0.5, 0.25, 0.125]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1_0", "“1_0” is not a number"),
        ("٣", "digits 0 to 9"),
        ("１２", "digits 0 to 9"),
        ("inf", "“inf” is not a finite number"),
        ("0x1A", "is not a number"),
        ("1,234", "can be read in two ways; write 1234 or 1.234"),
        ("12 3", "is not a number"),
    ],
)
def test_what_is_no_number_is_said(run, number, said):
    code, _, err = run(f"study;yi;vi\nA;{number};0.5\nB;0.4;0.25\n", "--measure", "GEN")
    assert code == 2
    assert err.startswith("data.csv: row 2, column yi: Study “A”, field estimate")
    assert said in err


def test_an_input_that_is_no_utf_8_is_said():
    root = Path(__file__).parents[3]
    for flags in ([], ["-X", "utf8"]):
        command = [sys.executable, *flags, "-m", "analysis", "-", "--measure", "GEN"]
        table = EFFECTS.replace("Ada", "Zoë").encode("latin-1")
        done = subprocess.run(command, cwd=root, input=table, capture_output=True, check=False)
        assert done.returncode == 2
        assert done.stderr.decode().strip() == "-: the file is not in UTF-8; save it as csv in UTF-8."


def test_one_label_in_two_ways_of_unicode_is_one_label(run):
    code, _, err = run("study,yi,vi\nZo\u00eb,0.1,0.2\nZoe\u0308,0.2,0.3\n", "--measure", "GEN")
    assert code == 2
    assert "Rows 2 and 3 are both of study “Zo\u00eb”" in err


def test_profiles_say_what_they_set(capsys):
    assert command_line.main(["--profiles"]) == 0
    out = capsys.readouterr().out
    for profile in profiles.PROFILES.values():
        assert f"{profile.label} (--profile {profile.name})" in out


@pytest.mark.parametrize("text", [EFFECTS, "\ufeff" + EFFECTS, EFFECTS.replace(",", ";")])
def test_the_input_is_read_like_a_file(run, monkeypatch, capsys, text):
    _, from_file, _ = run(text, "--measure", "GEN", "--json")
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert command_line.main(["-", "--measure", "GEN", "--json"]) == 0
    assert capsys.readouterr().out == from_file


def test_extreme_numbers_have_powers_of_ten(run):
    _, out, _ = run("study,yi,vi\nA,1e120,1e240\nB,2e120,1e240\n", "--measure", "GEN")
    assert "1.0000e+120" in out
    assert max(map(len, out.splitlines())) < 200


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (MEANS.replace("48,12", "48,"), [], "data.csv: row 3, column mean2: Study “Bo”, field mean2: the cell is"),
        (MEANS.replace("50,9,5", "50,9,0"), [], "data.csv: row 3, column sd1: Study “Bo”, field sd1 (standard"),
        (EVENTS.replace("5,50", "55,50"), ["--measure", "OR"], "data.csv: row 3, column ai: Study “Bo”, field events1"),
        (MEANS.replace("Bo", "Ada"), [], "data.csv: Rows 2 and 3 are both of study “Ada”"),
        (MEANS.replace("mean1", "average"), [], "data.csv: Column mean1 is missing"),
        ("study,n1\n", [], "data.csv: The table holds no study"),
        ("", [], "data.csv: The file is empty"),
        (MEANS, ["--measure", "XX"], "Option measure is “XX”; choose one of “OR”"),
        (MEANS, ["--tau2", "XX"], "Option tau2_method is “XX”; choose one of “DL”"),
        (MEANS, ["--profile", "XX"], "Option convention is “XX”; choose one of “revman5”"),
        (MEANS, ["--level", "95"], "Option level is 95.0; give a proportion"),
        (MEANS, ["--method", "MH"], "Option method"),
    ],
)
def test_refusals_are_one_sentence_and_exit_code_2(run, text, arguments, said):
    code, out, err = run(text, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_read(run, capsys, tmp_path):
    assert command_line.main([str(tmp_path / "none.csv")]) == 2
    assert "the file cannot be read (No such file or directory)" in capsys.readouterr().err
    assert command_line.main([str(tmp_path)]) == 2
    assert "the file cannot be read" in capsys.readouterr().err
    assert command_line.main([]) == 2
    assert "Name the file" in capsys.readouterr().err
    code, _, err = run(EFFECTS.replace("Ada", "Zoë"), "--measure", "GEN", encoding="latin-1")
    assert code == 2
    assert "not in UTF-8" in err


def test_it_runs_as_a_module(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text(MEANS, encoding="utf-8")
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "analysis", str(file), "--measure", "SMD", "--model", "random", "--tau2", "REML"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.startswith("Std. mean difference, IV, random [95% CI]")


def test_a_reader_that_stops_is_no_failure(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text(EFFECTS, encoding="utf-8")
    root = Path(__file__).parents[3]
    command = f'"{sys.executable}" -m analysis "{file}" --measure GEN | true'
    done = subprocess.run(command, cwd=root, shell=True, capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stderr == ""
