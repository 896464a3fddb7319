"""A forest plot for the screen: the JSON of an interactive Plotly figure, as plain dictionaries.

Both variants fill the width they are given. In "full" the text stands in the left margin, in pixels, and the plot
takes what is left; "compact", for phones, drops the raw data and gives each mark a band of its own below its text.
"""

from analysis.figures.plotly.render import VARIANTS, render

__all__ = ["VARIANTS", "render"]
