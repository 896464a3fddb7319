import re

from django import template

register = template.Library()

# Kana and Hangul decide before the characters that Chinese, Japanese and Korean share.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]")),
)


@register.filter
def language_of(text: str) -> str:
    """The language of a text of East Asia as its script tells it, for screen readers and fonts; else the page's own."""
    return next((language for language, script in _SCRIPTS if script.search(str(text))), "en")
