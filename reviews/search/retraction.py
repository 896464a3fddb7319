"""Whether a record says that its document was retracted, or is the notice of a retraction."""

import re
from enum import StrEnum


class Retraction(StrEnum):
    RETRACTED = "retracted"
    NOTICE = "notice"


LABELS = {Retraction.RETRACTED: "Retracted", Retraction.NOTICE: "Retraction notice"}
# What all that `said` recognises has somewhere in its title or its type, for a first look in the database.
HINTS = ("retract", "withdraw", "撤")

_OPEN, _CLOSE = r"[\s\[(（【<*]*", r"[\s\])）】>*]*"
_RETRACTED = re.compile(
    rf"^{_OPEN}(?:retracted|withdrawn|rétracté)(?: +(?:article|paper|publication|chapter|review))?"
    rf"(?:\s*[:：]|[\])）】]|\s+[-–—]\s)"
    rf"|[\[(（【]\s*(?:retracted|withdrawn)(?: (?:article|paper|publication)\b[^\])）】]*)?\s*[\])）】]"
    rf"|^{_OPEN}(?:本文|该文|论文)?(?:已|被)?撤(?:稿|回)(?:论文|文章)?(?:{_CLOSE}[:：]|[\])）】])",
    re.IGNORECASE,
)
# A muscle, a wound or a lung retracts too: "retraction" alone is a notice only as a heading or in the words of one.
_NOTICE = re.compile(
    rf"^{_OPEN}(?:retraction|withdrawal)(?: (?:note|notice|statement))?{_CLOSE}(?: (?:to|of|for))?\s*[:：]"
    rf"|^{_OPEN}(?:retraction|withdrawal) (?:note|notice|statement)\b"
    rf"|^{_OPEN}(?:editorial )?(?:notice|statement|note) of (?:retraction|withdrawal)\b"
    rf"|^{_OPEN}retraction (?:to|of|for) (?:the )?(?:article|paper|[\"“'‘])"
    rf"|[\[(]\s*retraction (?:of|notice)\b|[\[(]retraction[\])]\.?$"
    rf"|^{_OPEN}撤(?:稿|回)(?:声明|启事|通知|说明)|(?:的撤稿声明|撤稿声明|撤稿启事)$",
    re.IGNORECASE,
)
_KINDS = {
    "retracted publication": Retraction.RETRACTED,
    "retracted article": Retraction.RETRACTED,
    "retracted": Retraction.RETRACTED,
    "withdrawn publication": Retraction.RETRACTED,
    "retraction of publication": Retraction.NOTICE,
    "retraction notice": Retraction.NOTICE,
    "retraction": Retraction.NOTICE,
}


def said(title: str, original_title: str, publication_type: str) -> Retraction | None:
    """What the titles and the type say; that a document was retracted weighs more than that it is a notice."""
    kinds = (part.strip().casefold() for part in re.split("[;|,]", publication_type))
    found = {_KINDS[kind] for kind in kinds if kind in _KINDS}
    for text in (title, original_title):
        if _NOTICE.search(text):
            found.add(Retraction.NOTICE)
        elif _RETRACTED.search(text):
            found.add(Retraction.RETRACTED)
    return next((kind for kind in Retraction if kind in found), None)
