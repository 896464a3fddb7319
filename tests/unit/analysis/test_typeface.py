"""The same figure gives the same bytes on every machine: what only one machine has is taken away or put in the way."""

import os
import pathlib
import shutil
import subprocess
import sys
from importlib import metadata

import matplotlib as mpl
import pytest
from matplotlib import font_manager

from analysis.figures import cache, fonts, typeface

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
DRAW = f"""
import hashlib, logging, sys
sys.path.insert(0, {str(REPOSITORY)!r})
logging.basicConfig(level="WARNING")
from analysis.figures import flow, flow_paper, paper
from tests.unit.analysis import samples, test_flow
chinese = samples.figure(3, labels=samples.CHINESE_LABELS, subgroups=("海外", "A"))
for format in ("svg", "pdf", "png", "tiff"):
    print(format, hashlib.sha256(paper.render(chinese, format, dpi=72)).hexdigest())
for format in ("svg", "png"):
    print(format, hashlib.sha256(flow_paper.render(flow.build(test_flow.HALF), format, dpi=72)).hexdigest())
"""
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/X11R6/lib/X11/fonts/TTF/",
    "/usr/X11/lib/X11/fonts",
    "/usr/lib/openoffice/share/fonts/truetype/",
    "/var/cache/fontconfig",
    os.path.expanduser("~/.fonts"),
    os.path.expanduser("~/.local/share/fonts"),
)
HIDDEN = "".join(f"if [ -d '{folder}' ]; then mount -t tmpfs none '{folder}' || exit 77; fi; " for folder in FOLDERS)


def drawn_by_another_process(*prefix, cwd=REPOSITORY, **variables):
    """The digests it prints; it must have nothing to complain of."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    command = [*prefix, sys.executable, "-c", DRAW]
    answer = subprocess.run(command, env=kept | variables, cwd=cwd, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    return answer.stdout


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    """The digests of this machine as it is."""
    return drawn_by_another_process(TANDEM_VAR=str(tmp_path_factory.mktemp("var")))


def test_matplotlib_sees_these_faces_and_no_others():
    typeface.install()
    faces = [
        (face.name, face.weight, face.style, pathlib.Path(face.fname).name) for face in font_manager.fontManager.ttflist
    ]
    assert faces == [
        ("Lato", 400, "normal", "Lato-Regular.ttf"),
        ("Lato", 700, "normal", "Lato-Bold.ttf"),
        ("Noto Sans CJK TC", 400, "normal", "NotoSansCJKtc-Regular.otf"),
        ("Noto Sans CJK TC Regular", 400, "normal", "NotoSansCJKtc-Regular.otf"),
        ("Noto Sans CJK TC", 700, "normal", "NotoSansCJKtc-Regular.otf"),
    ]
    assert font_manager.fontManager.afmlist == []
    assert {pathlib.Path(face.fname) for face in font_manager.fontManager.ttflist} == set(typeface.paths())
    assert font_manager.findfont("No such family").endswith("Lato-Regular.ttf")


def test_the_faces_lie_in_the_packages_that_are_installed_with_the_program():
    packages = pathlib.Path(str(metadata.distribution("matplotlib").locate_file("")))
    assert all(path.is_file() and path.is_relative_to(packages) for path in typeface.paths())


@pytest.mark.parametrize("bold", [False, True])
def test_figures_share_one_width(bold):
    assert len({fonts.width(figure, 10, bold) for figure in "0123456789"}) == 1


def test_the_same_bytes_without_any_font_on_the_machine(ordinary, tmp_path):
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("hiding the machine's fonts needs root and unshare")
    hidden = ("unshare", "-m", "sh", "-c", f'{HIDDEN}[ -z "$(ls -A /usr/share/fonts 2>&-)" ] && exec "$@"', "sh")
    if subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let root make a mount namespace")
    assert drawn_by_another_process(*hidden, TANDEM_VAR=str(tmp_path)) == ordinary


def test_the_same_bytes_with_other_habits(ordinary, tmp_path):
    """Settings beside the program, another language and time, no home, nowhere to keep a cache, a path with blanks."""
    here = tmp_path / "a path with blanks"
    here.mkdir()
    (here / "matplotlibrc").write_text("text.antialiased: False\npath.snap: False\npdf.compression: 0\nsvg.id: other\n")
    (here / "var").write_text("not a folder")
    variables = {"HOME": "/nonexistent", "LC_ALL": "C", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7"}
    assert drawn_by_another_process(cwd=here, TANDEM_VAR=str(here / "var"), **variables) == ordinary


def test_a_list_of_fonts_made_elsewhere_changes_nothing(ordinary, tmp_path):
    where_the_cache_lies(TANDEM_VAR=str(tmp_path))
    listed = cache_of(tmp_path)
    listed.write_text(listed.read_text().replace('"DejaVu Sans"', '"Lato"'))
    assert drawn_by_another_process(TANDEM_VAR=str(tmp_path)) == ordinary


def cache_of(var):
    """The list of fonts below a folder, which is named by what it was made from."""
    (found,) = (var / "matplotlib").glob("*/fontlist-*.json")
    for package in cache.PACKAGES:
        assert metadata.version(package) in found.parent.name
    return found


def where_the_cache_lies(**variables):
    code = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); import analysis.figures, matplotlib.font_manager; "
        "print(matplotlib.get_cachedir())"
    )
    kept = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    answer = subprocess.run(
        [sys.executable, "-c", code], env=kept | variables, capture_output=True, text=True, check=True
    )
    assert answer.stderr == ""
    return pathlib.Path(answer.stdout.strip())


def test_the_cache_lies_below_var_unless_another_folder_is_named(tmp_path):
    assert where_the_cache_lies(TANDEM_VAR=str(tmp_path)).parent == tmp_path / "matplotlib"
    assert where_the_cache_lies(TANDEM_VAR=str(tmp_path), MPLCONFIGDIR=str(tmp_path / "own")) == tmp_path / "own"


def test_a_var_that_cannot_be_written_gives_a_folder_that_goes_again(tmp_path):
    (tmp_path / "file").touch()
    lay = where_the_cache_lies(TANDEM_VAR=str(tmp_path / "file"))
    assert lay.name.startswith("tandem-matplotlib-")
    assert not lay.exists()


def test_this_process_keeps_its_cache_where_the_program_does():
    assert mpl.get_cachedir() == os.environ["MPLCONFIGDIR"]
