"""The protocol's forms: one form and three lists of rows, read into and written from ``rules.Content``."""

from reviews.protocols.forms.approval import ApproveForm
from reviews.protocols.forms.editor import Editor, editor
from reviews.protocols.forms.posted import Posted, posted, posted_again, texts, with_another_row

__all__ = ["ApproveForm", "Editor", "Posted", "editor", "posted", "posted_again", "texts", "with_another_row"]
