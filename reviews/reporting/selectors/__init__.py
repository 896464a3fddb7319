"""Reads of reporting: the dashboard, the PRISMA flow and the builds of the report."""

from reviews.reporting.selectors.building import build, builds, newest_build
from reviews.reporting.selectors.counting import flow, pooled
from reviews.reporting.selectors.overview import Dashboard, dashboard
from reviews.reporting.selectors.settling import settled

__all__ = ["Dashboard", "build", "builds", "dashboard", "flow", "newest_build", "pooled", "settled"]
