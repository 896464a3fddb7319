"""One spelling for what British and American titles write in two ways; for comparing only, never shown."""

import re

# Each is applied to whole titles: a word that it changes needlessly is changed so on both sides.
_RULES = (
    ("ae|oe", "e"),
    ("our", "or"),
    ("(?<=[a-z][a-z])is(?=(?:e|ed|es|er|ers|ing|ation|ations|ational)\\b)", "iz"),
    ("lys(?=(?:e|ed|es|er|ing)\\b)", "lyz"),
    ("(?<=[a-z])tre(?=s?\\b)", "ter"),
    ("ogue(?=s?\\b)", "og"),
    ("ence(?=s?\\b)", "ense"),
    ("mme(?=s?\\b)", "m"),
    ("ph", "f"),
    ("([bdfglmnprst])\\1", "\\1"),
    ("\\bversus\\b", "vs"),
)
_PATTERNS = tuple((re.compile(pattern), new) for pattern, new in _RULES)


def folded(words: str) -> str:
    """Folded words (`text.words`) in one spelling: "behaviour" as "behavior", "haem-" as "hem-", "-ise" as "-ize"."""
    for pattern, new in _PATTERNS:
        words = pattern.sub(new, words)
    return words
