"""How far people agree who judged the same things: two of them by tables of counts, any number by Krippendorff's α."""
