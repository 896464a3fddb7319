"""The forest plot as frozen rows: every label, every rounded number and every mark, in RevMan's order.

Text is made here, once; the renderers place it. A test finds each piece of it in every rendering.
"""

from analysis.figures.forest.parts import LABEL, Column, Forest, ForestTexts, Kind, Mark, Row, Shape
from analysis.figures.forest.rows import build

__all__ = ["LABEL", "Column", "Forest", "ForestTexts", "Kind", "Mark", "Row", "Shape", "build"]
