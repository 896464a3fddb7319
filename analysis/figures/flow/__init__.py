"""The PRISMA 2020 flow diagram as frozen boxes: counts in, placed and wrapped text out.

Layout and units follow the PRISMA 2020 templates for new reviews (Page and others, BMJ 2021; 372: n71). A review
that is half finished shows what awaits a decision in the box where it waits, so that the numbers still add up.
"""

from analysis.figures.flow.counts import FlowCounts
from analysis.figures.flow.parts import Arrow, Box, Flow, Role
from analysis.figures.flow.placing import build

__all__ = ["Arrow", "Box", "Flow", "FlowCounts", "Role", "build"]
