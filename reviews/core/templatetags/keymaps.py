from django import template

from reviews.core.keys import Keymap

register = template.Library()


@register.filter
def reason_key(keymap: Keymap, place: int) -> str:
    """The key of the reason at this place of the list, counted from one; the tenth and later ones have none."""
    keys = keymap.reasons
    return keys[place - 1] if place <= len(keys) else ""
