"""What a drawing looks like once it is laid out: the places of its texts, measured by matplotlib's own renderer."""

from itertools import combinations

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

# Boxes are as high as ascender to descender, which neighbours in adjoining lines may share by a hair.
TOUCH = 0.8


def texts(page):
    """Every text with its box in points, origin at the bottom left."""
    with mpl.rc_context({"text.hinting": "no_hinting"}):
        renderer = FigureCanvasAgg(page.figure).get_renderer()
        scale = 72 / page.figure.dpi
        found = []
        for artist in page.axes.findobj(Text):
            if artist.get_text():
                box = artist.get_window_extent(renderer)
                found.append((artist.get_text(), box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale))
    return found


def overlaps(page):
    """Pairs of texts that overlap by more than a touch."""
    return [
        (one[0], other[0])
        for one, other in combinations(texts(page), 2)
        if min(one[3], other[3]) - max(one[1], other[1]) > TOUCH
        and min(one[4], other[4]) - max(one[2], other[2]) > TOUCH
    ]


def outside(page):
    """Texts that leave the page."""
    width, height = (72 * inches for inches in page.figure.get_size_inches())
    return [text for text, x0, y0, x1, y1 in texts(page) if x0 < 0 or y0 < 0 or x1 > width or y1 > height]


def squeezed(text):
    """Text without spaces and markup breaks, to find it again where it was wrapped."""
    return "".join(text.replace("<br>", "").split())
