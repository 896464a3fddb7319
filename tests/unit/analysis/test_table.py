import csv
import io

import pytest

from analysis import options, synthesis
from analysis.figures import forest, table
from tests.unit.analysis import samples


def test_every_label_and_number_is_in_the_table():
    figure = samples.figure(6, subgroups=("A", "B"), prediction="t_k-1")
    rendered = table.render(figure)
    shown = {rendered.notice, *rendered.notes, *(head.text for head in (*rendered.arms, *rendered.columns))}
    for row in rendered.rows:
        shown |= {row.label, *row.cells}
    drawing_only = {figure.title, figure.favours_left, figure.favours_right, *(t.text for t in figure.axis.ticks)}
    assert set(samples.texts_of(figure)) - drawing_only <= shown
    assert rendered.caption == figure.summary


def test_headings_span_all_columns():
    rendered = table.render(samples.figure(2, convention="revman5"))
    assert [(head.text, head.span) for head in rendered.arms] == [("", 1), ("iCBT", 3), ("Control", 3), ("", 2)]
    assert sum(head.span for head in rendered.arms) == rendered.span == 9
    assert all(len(row.cells) == 8 for row in rendered.rows)
    assert [row.is_spanning for row in rendered.rows] == [False, False, False, True, True]


def test_csv_has_full_precision_beside_the_rounded_text():
    found = synthesis.analyse(samples.studies(4), options.Options())
    figure = forest.build(found, samples.TEXTS)
    rows = list(csv.DictReader(io.StringIO(table.to_csv(figure))))
    assert [float(row["Effect"]) for row in rows[:4]] == [row.effect for row in found.studies]
    total = next(row for row in rows if row["Row"] == "total")
    assert (float(total["Effect"]), float(total["τ²"])) == (found.overall.estimate, found.overall.tau2)
    assert total["Std. mean difference, IV, random [95% CI]"] == figure.rows[4].cell("effect")
    assert {row["Notice"] for row in rows} == {samples.TEXTS.notice}
    assert {row["Study"] for row in rows} >= {*figure.footer, *(row.label for row in figure.rows)}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_csv_cannot_run_formulas(start):
    label = f"{start}cmd|' /C calc'!A0"
    row = next(csv.DictReader(io.StringIO(table.to_csv(samples.figure(1, labels=(label,))))))
    assert row["Study"] == f"'{label}"
