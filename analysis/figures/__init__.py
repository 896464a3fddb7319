"""A figure is described once, as frozen rows whose text is already rounded, and then rendered: `plotly` for the
screen, `paper` for print, `table` for reading aloud and for CSV. Renderers place text; they never make it."""

from analysis.figures import cache

# Before any module below imports matplotlib.
cache.prepare()
