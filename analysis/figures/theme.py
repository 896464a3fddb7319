"""Every colour and size of every figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by meaning. `paper` is the background of print; the screen figure is transparent."""

    paper: str
    ink: str
    muted: str
    rule: str
    grid: str
    accent: str
    diamond: str
    total: str
    prediction: str
    notice: str


LIGHT = Palette(
    paper="#ffffff",
    ink="#1b2733",
    muted="#5b6875",
    rule="#9aa5b1",
    grid="#e6eaee",
    accent="#1f6f8b",
    diamond="#5a6b7b",
    total="#1b2733",
    prediction="#b4552d",
    notice="#8a4b08",
)
DARK = Palette(
    paper="#12181f",
    ink="#e6ebf0",
    muted="#9fb0bf",
    rule="#5d6b78",
    grid="#28323c",
    accent="#5bb3cf",
    diamond="#8fa3b5",
    total="#e6ebf0",
    prediction="#e39a6f",
    notice="#f0b667",
)
SCHEMES = {"light": LIGHT, "dark": DARK}

SCREEN_FONTS = (
    '"Tandem Sans", Lato, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", '
    '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif'
)


@dataclass(frozen=True, slots=True)
class FlowPalette:
    """The PRISMA diagram's own colours: stage bars and the headers of its two arms."""

    stage: str
    header: str
    other_header: str


FLOW = FlowPalette(stage="#a9cbe3", header="#f3c65b", other_header="#d6dadf")
