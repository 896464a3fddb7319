import re

import pytest

from analysis import errors
from analysis.figures import canvas, flow, flow_paper
from analysis.figures.flow import counts, parts
from tests.unit.analysis import drawn

HALF = flow.FlowCounts(
    databases=(("PubMed", 412), ("Web of Science Core Collection", 388), ("CNKI", 120)),
    registers=(("ClinicalTrials.gov", 80),),
    duplicates=200,
    screened=500,
    awaiting_screening=300,
    excluded=440,
    sought=60,
    not_retrieved=4,
    assessed=30,
    awaiting_full_text=26,
    reasons=(("Wrong population", 12), ("No comparator", 8)),
    included_studies=9,
    included_reports=10,
)
LARGE = flow.FlowCounts(
    databases=tuple(
        (f"Database {i}: Epub Ahead of Print, In-Process & Other Non-Indexed Citations", 1234567) for i in range(12)
    ),
    registers=(("An-International-Register-Whose-Name-Has-No-Spaces-To-Break-At-Whatsoever", 9999999),),
    duplicates=9999999,
    screened=14814804,
    excluded=13814804,
    sought=1000000,
    assessed=1000000,
    reasons=tuple(
        (f"Reason {i}: not a randomised comparison with waiting list, usual care or placebo", 90000) for i in range(10)
    ),
    included_studies=100010,
    included_reports=100010,
    websites=7654321,
    organisations=5,
    citations=20,
    other_sought=30,
    other_not_retrieved=2,
    other_assessed=20,
    other_awaiting=8,
    other_reasons=(("Duplicate of a database report", 10),),
)
CASES = pytest.mark.parametrize("given", [flow.FlowCounts(), HALF, LARGE], ids=["empty", "half", "large"])


@CASES
def test_the_examples_add_up(given):
    assert flow.build(given).problems == ()


def test_what_does_not_add_up_is_said():
    changes = {name: getattr(HALF, name) for name in HALF.__slots__} | {"awaiting_screening": 0, "excluded": 441}
    said = flow.build(flow.FlowCounts(**changes)).problems
    assert said == (
        "Records screened or awaiting screening should equal records identified less those removed, "
        "but they are 500 and 800.",
        "Records screened should equal records excluded plus reports sought, but they are 500 and 501.",
    )


def test_what_awaits_a_decision_is_in_its_box():
    figure = flow.build(HALF)
    assert figure.box("screened").text == ("Records screened (n = 500)", "Awaiting a decision (n = 300)")
    assert figure.box("assessed").text[1] == "Awaiting a decision (n = 26)"
    assert figure.box("sought").text == ("Reports sought for retrieval (n = 60)",)
    assert "326 await a decision" in figure.summary


@CASES
def test_no_text_leaves_its_box(given):
    figure = flow.build(given, "Synthetic data: not from any real trial.")
    page = flow_paper.draw(figure)
    assert drawn.outside(page) == []
    assert drawn.overlaps(page) == []
    height = figure.height
    placed = drawn.texts(page)
    inside = 0
    for box in figure.boxes:
        for text, x0, y0, x1, y1 in placed:
            middle = height - (y0 + y1) / 2
            if box.x <= (x0 + x1) / 2 <= box.x + box.width and box.y <= middle <= box.bottom:
                inside += 1
                assert box.x <= x0, text
                assert x1 <= box.x + box.width, text
                assert box.y <= height - y1 + drawn.TOUCH, text
                assert height - y0 <= box.bottom + drawn.TOUCH, text
    assert inside == sum(len(box.lines) for box in figure.boxes)


@CASES
def test_boxes_keep_apart(given):
    boxes = flow.build(given).boxes
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart_x or one.bottom <= other.y or other.bottom <= one.y


@CASES
def test_wrapped_lines_say_what_the_box_says(given):
    for box in flow.build(given).boxes:
        wrapped = drawn.squeezed("".join(line.text for line in box.lines))
        assert wrapped == drawn.squeezed("".join(box.text))


def test_arrows_lead_from_box_to_box():
    figure = flow.build(LARGE)
    pairs = {(arrow.source, arrow.target) for arrow in figure.arrows}
    assert len(pairs) == 13
    assert ("other_assessed", "included") in pairs
    for arrow in figure.arrows:
        target = figure.box(arrow.target)
        x, y = arrow.points[-1]
        assert target.x <= x <= target.x + target.width
        assert target.y <= y <= target.bottom


def test_other_methods_appear_only_when_used():
    assert {box.role for box in flow.build(HALF).boxes} == {parts.Role.STAGE, parts.Role.HEADER, parts.Role.STEP}
    assert flow.build(LARGE).box("other_header").text == ("Identification of new studies via other methods",)


def test_rows_read_the_diagram_aloud():
    rows = flow.build(LARGE).rows()
    assert [stage for stage, _ in rows].count("Included") == 1
    assert rows[0][0] == "Identification"
    assert len(rows) == 14
    said = {line for _, lines in rows for line in lines}
    assert "Citation searching (n = 20)" in said


@CASES
def test_every_line_is_in_the_svg(given):
    figure = flow.build(given, "Synthetic data.")
    svg = flow_paper.render(figure).decode().replace("&amp;", "&")
    shown = drawn.squeezed("".join(re.findall(r">([^<]*)</text>", svg)))
    for box in figure.boxes:
        for text in box.text:
            assert drawn.squeezed(text) in shown
    assert "Syntheticdata." in shown


@pytest.mark.parametrize("format", canvas.FORMATS)
def test_same_diagram_same_bytes(format):
    first, second = (flow_paper.render(flow.build(HALF), format, dpi=100, width_mm=150) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("wrong", [{"duplicates": -1}, {"databases": (("PubMed", 1.5),)}, {"sought": None}])
def test_a_count_is_a_whole_number(wrong):
    with pytest.raises(errors.InputError, match="is not a count; give a whole number"):
        flow.FlowCounts(**wrong)


def test_a_width_out_of_range_is_refused():
    with pytest.raises(errors.FigureError, match="give 100 to 600 mm"):
        flow_paper.render(flow.build(HALF), width_mm=10)
    assert counts.total((("a", 1), ("b", 2))) == 3
