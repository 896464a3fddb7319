"""From counts to placed boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.figures import fonts, numerals
from analysis.figures.flow import counts as numbers
from analysis.figures.flow import parts

INDENT = 8.0
HANGING = 6.0
STAGE_WIDTH = 20.0
STAGE_GAP = 10.0
SIDE_GAP = 24.0
ROW_GAP = 18.0
WIDE, NARROW = 208.0, 168.0
ROWS = ("header", "identification", "screening", "retrieval", "eligibility", "included")
STAGES = (
    ("Identification", ("identification",)),
    ("Screening", ("screening", "retrieval", "eligibility")),
    ("Included", ("included",)),
)

Text = tuple[parts.TextLine, ...]
Cell = tuple[str, str, int, Text]


def build(counts: numbers.FlowCounts, notice: str = "") -> parts.Flow:
    """The diagram of these counts. Boxes grow with their text; nothing is cut. `problems` says which sums fail."""
    column = NARROW if counts.has_other_methods else WIDE
    cells = list(_cells(counts))
    wrapped = {key: _wrap(text, column) for key, _, _, text in cells}
    headers = list(_headers(counts, column))
    heights = _row_heights(cells, wrapped, headers)
    tops = _tops(heights)
    boxes = [
        parts.Box(
            key,
            parts.Role.STEP,
            tuple(line.text for line in text),
            wrapped[key],
            _left(place, column),
            tops[row],
            column,
            _height(wrapped[key]),
        )
        for key, row, place, text in cells
    ]
    notices = fonts.wrap(notice, _width(counts, column) - 2 * parts.MARGIN, parts.SIZE, bold=True) if notice else ()
    bottom = tops["included"] + heights["included"]
    stages = [_stage(name, rows, tops, heights) for name, rows in STAGES]
    return parts.Flow(
        width=_width(counts, column),
        height=bottom + parts.MARGIN + (len(notices) * parts.SIZE * parts.LINE + 4 if notices else 0.0),
        size=parts.SIZE,
        boxes=(*stages, *(_header(*header, tops, heights, column) for header in headers), *boxes),
        arrows=tuple(_arrows({box.key: box for box in boxes})),
        notice=notice,
        problems=numbers.problems(counts),
        summary=_summary(counts, notice),
    )


def _cells(counts: numbers.FlowCounts) -> Iterator[Cell]:
    """Every step: key, row, column and text."""
    c = counts
    yield "identified", "identification", 0, _identified(c)
    yield "removed", "identification", 1, _removed(c)
    yield "screened", "screening", 0, _with_awaiting("Records screened", c.screened, c.awaiting_screening)
    yield "excluded", "screening", 1, _plain("Records excluded", c.excluded)
    yield "sought", "retrieval", 0, _plain("Reports sought for retrieval", c.sought)
    yield "not_retrieved", "retrieval", 1, _plain("Reports not retrieved", c.not_retrieved)
    yield "assessed", "eligibility", 0, _assessed(c.assessed, c.awaiting_full_text)
    yield "reasons", "eligibility", 1, _excluded(c.reasons)
    if c.has_other_methods:
        yield "other_identified", "identification", 2, _other_identified(c)
        yield "other_sought", "retrieval", 2, _plain("Reports sought for retrieval", c.other_sought)
        yield "other_not_retrieved", "retrieval", 3, _plain("Reports not retrieved", c.other_not_retrieved)
        yield "other_assessed", "eligibility", 2, _assessed(c.other_assessed, c.other_awaiting)
        yield "other_reasons", "eligibility", 3, _excluded(c.other_reasons)
    yield (
        "included",
        "included",
        0,
        (
            _line("Studies included in review", c.included_studies),
            _line("Reports of included studies", c.included_reports),
            *_awaiting("In no study yet", c.without_study),
        ),
    )


def _line(text: str, number: int, *, indent: float = 0.0) -> parts.TextLine:
    return parts.TextLine(f"{text} (n = {numerals.count(number)})", indent=indent)


def _plain(text: str, number: int) -> Text:
    return (_line(text, number),)


def _assessed(decided: int, awaiting: int) -> Text:
    return _with_awaiting("Reports assessed for eligibility", decided, awaiting)


def _with_awaiting(text: str, decided: int, awaiting: int) -> Text:
    return (_line(text, decided), *_awaiting("Awaiting a decision", awaiting))


def _awaiting(text: str, number: int) -> Text:
    return (parts.TextLine(f"{text} (n = {numerals.count(number)})", awaits=True),) if number else ()


def _identified(c: numbers.FlowCounts) -> Text:
    return (
        parts.TextLine("Records identified from:"),
        _line("Databases", numbers.total(c.databases)),
        *(_line(name, number, indent=INDENT) for name, number in c.databases),
        _line("Registers", numbers.total(c.registers)),
        *(_line(name, number, indent=INDENT) for name, number in c.registers),
    )


def _other_identified(c: numbers.FlowCounts) -> Text:
    return (
        parts.TextLine("Records identified from:"),
        _line("Websites", c.websites),
        _line("Organisations", c.organisations),
        _line("Citation searching", c.citations),
    )


def _removed(c: numbers.FlowCounts) -> Text:
    return (
        parts.TextLine("Records removed before screening:"),
        _line("Duplicate records removed", c.duplicates),
        _line("Records marked as ineligible by automation tools", c.automation),
        _line("Records removed for other reasons", c.other_removed),
    )


def _excluded(reasons: numbers.Named) -> Text:
    return (
        _line("Reports excluded", numbers.total(reasons)),
        *(_line(name, number, indent=INDENT) for name, number in reasons),
    )


def _wrap(text: Text, width: float) -> Text:
    """Lines no wider than the box; what a list item carries over is set in further."""
    wrapped: list[parts.TextLine] = []
    for line in text:
        hanging = HANGING if line.indent else 0.0
        limit = width - 2 * parts.PADDING - line.indent - hanging
        for index, piece in enumerate(fonts.wrap(line.text, limit, parts.SIZE, line.is_bold or line.awaits)):
            indent = line.indent + (hanging if index else 0.0)
            wrapped.append(parts.TextLine(piece, line.is_bold, indent, line.awaits))
    return tuple(wrapped)


def _height(lines: Sequence[parts.TextLine]) -> float:
    return len(lines) * parts.SIZE * parts.LINE + 2 * parts.PADDING


Header = tuple[str, parts.Role, str, int, Text]


def _headers(counts: numbers.FlowCounts, column: float) -> Iterator[Header]:
    titles = [("header", parts.Role.HEADER, "Identification of new studies via databases and registers", 0)]
    if counts.has_other_methods:
        title = "Identification of new studies via other methods"
        titles.append(("other_header", parts.Role.OTHER_HEADER, title, 2))
    for key, role, title, place in titles:
        yield key, role, title, place, _wrap((parts.TextLine(title, is_bold=True),), 2 * column + SIDE_GAP)


def _header(
    key: str,
    role: parts.Role,
    title: str,
    place: int,
    lines: Text,
    tops: dict[str, float],
    heights: dict[str, float],
    column: float,
) -> parts.Box:
    width = 2 * column + SIDE_GAP
    return parts.Box(key, role, (title,), lines, _left(place, column), tops["header"], width, heights["header"])


def _row_heights(cells: list[Cell], wrapped: dict[str, Text], headers: list[Header]) -> dict[str, float]:
    heights = dict.fromkeys(ROWS, 0.0)
    for key, row, _, _ in cells:
        heights[row] = max(heights[row], _height(wrapped[key]))
    heights["header"] = max(_height(lines) for *_, lines in headers)
    for name, rows in STAGES:
        short = fonts.width(name, parts.SIZE, bold=True) + 2 * parts.PADDING - _span(rows, heights)
        heights[rows[-1]] += max(0.0, short)
    return heights


def _span(rows: tuple[str, ...], heights: dict[str, float]) -> float:
    return sum(heights[row] for row in rows) + ROW_GAP * (len(rows) - 1)


def _tops(heights: dict[str, float]) -> dict[str, float]:
    tops, top = {}, parts.MARGIN
    for row in ROWS:
        tops[row] = top
        top += heights[row] + ROW_GAP
    return tops


def _left(place: int, column: float) -> float:
    return parts.MARGIN + STAGE_WIDTH + STAGE_GAP + place * (column + SIDE_GAP)


def _width(counts: numbers.FlowCounts, column: float) -> float:
    return _left(3 if counts.has_other_methods else 1, column) + column + parts.MARGIN


def _stage(name: str, rows: tuple[str, ...], tops: dict[str, float], heights: dict[str, float]) -> parts.Box:
    line = parts.TextLine(name, is_bold=True)
    height = _span(rows, heights)
    return parts.Box(
        f"stage_{name.lower()}", parts.Role.STAGE, (name,), (line,), parts.MARGIN, tops[rows[0]], STAGE_WIDTH, height
    )


def _arrows(boxes: dict[str, parts.Box]) -> Iterator[parts.Arrow]:
    down = (("identified", "screened"), ("screened", "sought"), ("sought", "assessed"), ("assessed", "included"))
    other_down = (("other_identified", "other_sought"), ("other_sought", "other_assessed"))
    for source, target in (*down, *other_down):
        if source in boxes:
            x = boxes[source].x + boxes[source].width / 2
            yield parts.Arrow(source, target, ((x, boxes[source].bottom), (x, boxes[target].y)))
    aside = (("identified", "removed"), ("screened", "excluded"), ("sought", "not_retrieved"), ("assessed", "reasons"))
    other_aside = (("other_sought", "other_not_retrieved"), ("other_assessed", "other_reasons"))
    for source, target in (*aside, *other_aside):
        if source in boxes:
            left, right = boxes[source], boxes[target]
            y = left.y + min(left.height, right.height) / 2
            yield parts.Arrow(source, target, ((left.x + left.width, y), (right.x, y)))
    if "other_assessed" in boxes:
        last, goal = boxes["other_assessed"], boxes["included"]
        x, y = last.x + last.width / 2, goal.middle
        yield parts.Arrow("other_assessed", "included", ((x, last.bottom), (x, y), (goal.x + goal.width, y)))


def _summary(counts: numbers.FlowCounts, notice: str) -> str:
    waiting = counts.awaiting_screening + counts.awaiting_full_text + counts.other_awaiting
    state = f" {waiting} await a decision." if waiting else ""
    if counts.without_study:
        state += f" {counts.without_study} of the included reports belong to no study yet."
    identified = counts.identified + counts.identified_otherwise
    text = (
        f"PRISMA 2020 flow diagram: {identified} records identified, {counts.included_studies} studies "
        f"({counts.included_reports} reports) included.{state}"
    )
    return f"{text} {notice}" if notice else text
