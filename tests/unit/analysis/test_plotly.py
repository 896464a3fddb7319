import html
import json
import re

import pytest

from analysis import errors
from analysis.figures import forest, grid, plotly, theme
from analysis.figures.plotly import screen
from tests.unit.analysis import drawn, samples


def words(rendered):
    """All text of a rendered figure as a reader sees it, annotation by annotation, hover included."""
    layout = rendered["layout"]
    found = [note["text"] for note in layout["annotations"]] + layout["xaxis"]["ticktext"]
    for trace in rendered["data"]:
        for name in ("hovertext", "text"):
            text = trace.get(name, [])
            found += [text] if isinstance(text, str) else text
    return [html.unescape(re.sub(r"</?b>", "", text)) for text in found]


@pytest.mark.parametrize("scheme", theme.SCHEMES)
@pytest.mark.parametrize("labels", [(), samples.LONG_LABELS, samples.CHINESE_LABELS])
@pytest.mark.parametrize("variant", plotly.VARIANTS)
def test_every_label_and_number_is_in_the_figure(variant, labels, scheme):
    figure = samples.figure(6, labels=labels, subgroups=("Adults", "Children < 18"), prediction="t_k-1")
    shown = drawn.squeezed("\n".join(words(plotly.render(figure, scheme, variant=variant))))
    for text in samples.texts_of(figure):
        assert drawn.squeezed(text) in shown, text


def test_it_is_plain_json_and_the_same_every_time():
    first, second = (json.dumps(plotly.render(samples.figure(9)), allow_nan=False) for _ in range(2))
    assert first == second


def test_squares_carry_the_keys_of_their_studies():
    figure = samples.figure(5)
    squares = next(trace for trace in plotly.render(figure)["data"] if "customdata" in trace)
    assert squares["customdata"] == ["key-0", "key-1", "key-2", "key-3", "key-4"]
    assert len(squares["marker"]["size"]) == 5
    assert "Weight" in squares["hovertext"][0]
    assert "iCBT: Mean" in squares["hovertext"][0]


def test_labels_cannot_smuggle_markup():
    figure = samples.figure(1, labels=('<a href="javascript:x">Bo</a>',))
    text = json.dumps(plotly.render(figure))
    assert "<a href" not in text
    assert "&lt;a href" in text


def test_diamonds_lie_on_their_intervals():
    figure = samples.figure(4, subgroups=("A", "B"))
    diamonds = [trace for trace in plotly.render(figure)["data"] if trace.get("fill") == "toself"]
    marks = [row.mark for row in figure.rows if row.mark and row.mark.shape is forest.Shape.DIAMOND]
    assert [(t["x"][0], t["x"][1], t["x"][2]) for t in diamonds] == [(m.low, m.estimate, m.high) for m in marks]
    assert [trace["fillcolor"] for trace in diamonds] == [theme.LIGHT.diamond] * 2 + [theme.LIGHT.total]


@pytest.mark.parametrize("k", [1, 9, 40])
@pytest.mark.parametrize("labels", [(), samples.LONG_LABELS, samples.CHINESE_LABELS])
@pytest.mark.parametrize("is_compact", [False, True])
def test_columns_do_not_touch_at_the_smallest_width(is_compact, labels, k):
    """At `min_width` every text keeps clear of its neighbours, in fonts a tenth wider than print's."""
    figure = samples.figure(k, labels=labels, subgroups=("A", "B"), prediction="z")
    placed = screen.Screen.of(figure, theme.LIGHT, is_compact=is_compact).grid
    for line in placed.lines:
        bold = line.row.kind in grid.BOLD
        starts = {c.key: c.right - placed.ruler.width(line.row.cell(c.key), bold) for c in placed.columns[1:]}
        shares_line = line.label_middle == line.cell_middle
        if shares_line and line.row.cells:
            end = max(line.indent + placed.ruler.width(text, bold) for text in line.label_lines)
            assert end <= min(starts.values())
        edges = [column.right for column in placed.columns[1:]]
        assert all(start >= edge for start, edge in zip(list(starts.values())[1:], edges, strict=False))
    for before, after in zip(placed.lines, placed.lines[1:], strict=False):
        assert before.bottom <= after.top


def test_a_phone_of_360_pixels_is_wide_enough_for_the_compact_variant():
    for labels in ((), samples.LONG_LABELS, samples.CHINESE_LABELS):
        rendered = plotly.render(samples.figure(40, labels=labels), variant="compact")
        assert rendered["layout"]["meta"]["min_width"] <= 360
        assert "iCBT: Mean" in json.dumps(rendered)


def test_intervals_that_leave_the_axis_end_in_arrows():
    wide = samples.study("w", "Wide 2020", n1=2, n2=2, sd1=90, sd2=90)
    found = samples.synthesis.analyse([*samples.studies(6), wide], samples.options.Options(measure="MD"))
    traces = plotly.render(forest.build(found, samples.TEXTS))["data"]
    arrows = next(trace for trace in traces if trace["name"] == "beyond the axis")
    assert sorted(arrows["marker"]["symbol"]) == ["triangle-left", "triangle-right"]


@pytest.mark.parametrize("wish", [{"scheme": "sepia"}, {"variant": "tiny"}])
def test_unknown_schemes_and_variants_are_refused(wish):
    with pytest.raises(errors.FigureError, match="choose one of"):
        plotly.render(samples.figure(2), **wish)
