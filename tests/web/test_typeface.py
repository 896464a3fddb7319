"""The letters of pages: cut from the face that figures are drawn with, named by every style sheet alike."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

from analysis.figures import theme
from analysis.figures import typeface as drawn
from reviews.core import typeface
from reviews.core.staticfiles import TypefaceFinder

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
CUTS = pytest.mark.parametrize("cut", typeface.CUTS, ids=lambda cut: cut.name)


def test_the_style_sheet_names_each_file():
    sheet = (CSS / "base.css").read_text(encoding="utf-8")
    assert typeface.linked() in sheet
    assert sheet.count("@font-face") == len(typeface.CUTS)


def test_pages_plots_and_paper_name_one_family():
    tokens = (CSS / "tokens.css").read_text(encoding="utf-8")
    _, _, rest = tokens.partition("--font: ")
    assert " ".join(rest.partition(";")[0].split()) == theme.SCREEN_FONTS
    assert theme.SCREEN_FONTS.startswith(f'"{typeface.FAMILY}", {drawn.FAMILY}, ')


@CUTS
def test_each_file_has_its_characters_its_own_name_and_the_licence(cut):
    with TTFont(typeface.file(cut)) as face:
        with TTFont(typeface.face_of(cut)) as whole:
            assert set(face.getBestCmap()) == set(whole.getBestCmap()) & set(cut.characters)
        names = face["name"]
        assert {names.getDebugName(number) for number in typeface.NAMES} == {"Tandem Sans", "TandemSans"}
        assert "Open Font License" in names.getDebugName(13)


def test_the_files_are_what_the_package_gives():
    cut = typeface.Cut("bold", "cyrillic")
    assert typeface.cut_out(cut) == typeface.cut_out(cut) == typeface.file(cut).read_bytes()


def test_the_regular_face_is_the_one_of_figures():
    assert typeface.face_of(typeface.Cut("regular", "common")) == drawn.paths()[0]


def test_an_english_page_needs_little():
    assert sum(typeface.file(cut).stat().st_size for cut in typeface.CUTS if cut.script == "common") < 56_000


def test_a_drawing_carries_the_files_of_its_letters_and_no_others():
    english = typeface.in_svg(b"<svg><defs></defs><text>Bo 2021</text></svg>").decode()
    assert english.count("@font-face") == 2
    assert english.startswith("<svg><defs>\n<style>\n@font-face")
    polish = typeface.in_svg("<svg><defs></defs><text>Łukasz 2021</text></svg>".encode()).decode()
    assert polish.count("@font-face") == 4


def test_they_are_collected_with_the_other_static_files_and_kept_in_no_repository():
    collected = {f"{storage.prefix}/{name}" for name, storage in TypefaceFinder().list(None)}
    assert collected == {f"fonts/{cut.name}" for cut in typeface.CUTS}
    assert all(finders.find(name) for name in collected)
    assert not (CSS.parent / "fonts").exists()
