"""Reads of reporting: the dashboard, the PRISMA flow and the builds of the report."""

from reviews.reporting.selectors.builds import build, builds, newest_build
from reviews.reporting.selectors.dashboard import Dashboard, dashboard
from reviews.reporting.selectors.flow import flow

__all__ = ["Dashboard", "build", "builds", "dashboard", "flow", "newest_build"]
