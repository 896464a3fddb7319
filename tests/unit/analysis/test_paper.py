import io
import re

import pytest
from PIL import Image

from analysis import errors
from analysis.figures import canvas, fonts, paper, theme
from tests.unit.analysis import drawn, samples

FIGURES = {
    "subgroups": lambda: samples.figure(9, subgroups=("Insomnia diagnosed", "Insomnia not diagnosed")),
    "three": lambda: samples.figure(3, convention="metafor"),
    "one": lambda: samples.figure(1),
    "forty": lambda: samples.figure(40, prediction="t_k-1"),
    "long": lambda: samples.figure(9, labels=samples.LONG_LABELS, subgroups=samples.LONG_LABELS[:2]),
    "large numbers": lambda: samples.figure(5, measure="MD", seed=4),
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", [84, 120, 180, 260])
def test_no_text_overlaps_or_leaves_the_page(name, width):
    page = paper.draw(FIGURES[name](), width_mm=width)
    assert drawn.overlaps(page) == []
    assert drawn.outside(page) == []


@pytest.mark.parametrize("name", FIGURES)
def test_every_label_and_number_is_in_the_svg(name):
    figure = FIGURES[name]()
    svg = paper.render(figure, "svg").decode()
    shown = drawn.squeezed("".join(re.findall(r">([^<]*)</text>", svg)).replace("&lt;", "<").replace("&gt;", ">"))
    shown = shown.replace("&amp;", "&")
    for text in samples.texts_of(figure):
        assert drawn.squeezed(text) in shown, text


@pytest.mark.parametrize("format", canvas.FORMATS)
def test_same_figure_same_bytes(format):
    first, second = (paper.render(samples.figure(5, subgroups=("A", "B")), format, dpi=100) for _ in range(2))
    assert first == second
    assert b"<dc:date>" not in first


def test_size_and_resolution_are_as_asked():
    picture = Image.open(io.BytesIO(paper.render(samples.figure(3), "png", width_mm=127, dpi=200)))
    assert picture.width == pytest.approx(1000, abs=2)
    assert picture.info["dpi"][0] == pytest.approx(200, abs=0.1)
    tiff = Image.open(io.BytesIO(paper.render(samples.figure(3), "tiff", width_mm=127, dpi=200)))
    assert (tiff.format, round(tiff.info["dpi"][0])) == ("TIFF", 200)
    assert paper.render(samples.figure(3), "pdf").startswith(b"%PDF-")


def test_squares_and_diamonds_are_drawn_in_their_colours():
    picture = Image.open(io.BytesIO(paper.render(samples.figure(3), "png", dpi=100))).convert("RGB")
    colours = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in picture.getcolors(1 << 20)}
    assert {theme.LIGHT.accent, theme.LIGHT.total} <= colours


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"format": "gif"}, "choose one of svg, png, pdf, tiff"),
        ({"format": "png", "dpi": 5000}, "give 72 to 1200"),
        ({"format": "svg", "width_mm": 20}, "give 80 to 600 mm"),
    ],
)
def test_impossible_wishes_are_refused(arguments, sentence):
    with pytest.raises(errors.FigureError, match=sentence):
        paper.render(samples.figure(2), **arguments)


@pytest.mark.parametrize("format", ["png", "pdf", "tiff"])
@pytest.mark.parametrize(
    "word", ["王伟 2020", "ほのか 2021", "김민수 2022", "Łukasz 2023", "Петрова 2024", "Θεού 2025"]
)
def test_labels_of_every_script_of_the_wheels_are_drawn(format, word):
    assert fonts.missing(word) == ""
    assert paper.render(samples.figure(2, labels=(word, "Bo 2021")), format, dpi=72)


@pytest.mark.parametrize("format", ["png", "pdf", "tiff"])
@pytest.mark.parametrize(("word", "lacking"), [("Trial 😀", "😀"), ("การทดลอง", "การทดล")])
def test_scripts_no_face_has_are_refused_in_pictures_but_not_in_svg(format, word, lacking):
    figure = samples.figure(2, labels=(word, "Bo 2021"))
    with pytest.raises(errors.FigureError, match=f"cannot show “{lacking}"):
        paper.render(figure, format)
    assert word in paper.render(figure, "svg").decode()


def test_lines_are_wrapped_without_losing_anything():
    for text in (*samples.LONG_LABELS, *samples.CHINESE_LABELS, "Heterogeneity: χ² = 3, df = 1 (P = 0.07); I² = 70%"):
        for limit in (30, 60, 200):
            lines = fonts.wrap(text, limit, 8)
            assert drawn.squeezed("".join(lines)) == drawn.squeezed(text)
            assert all(fonts.width(line, 8) <= limit for line in lines if " = " not in line)
