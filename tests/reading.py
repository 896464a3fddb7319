"""Reads a page as a browser without JavaScript would: its words, and what its forms would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse

EMPTY_TAGS = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "source", "wbr"})


@dataclass
class Page(HTMLParser):
    """``text`` is what ``<main>`` says, ``texts`` what each element with an id says, ``forms`` the POST forms in it.

    A form is the names and values it would send as it stands; a name that comes twice has a list.
    """

    response: HttpResponse
    words: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    forms: list[dict[str, str | list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open_tags: list[tuple[str, str, int]] = []
        self.is_in_form = False
        self.name, self.typed = "", ""
        self.first_option: str | None = None
        self.feed(self.response.content.decode())

    @property
    def text(self) -> str:
        return self.texts.get("main", "")

    @property
    def form(self) -> dict[str, str | list[str]]:
        return self.forms[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in EMPTY_TAGS:
            self.open_tags.append((tag, found.get("id", ""), len(self.words)))
        if tag == "form" and any(one[1] == "main" for one in self.open_tags):
            self.is_in_form = found.get("method", "").lower() == "post"
            if self.is_in_form:
                self.forms.append({})
        if tag == "input":
            self._input(found)
        if tag in {"textarea", "select"}:
            self.name, self.typed, self.first_option = found.get("name", ""), "", None
        if tag == "option":
            self._option(found)

    def _input(self, found: dict[str, str]) -> None:
        kind = found.get("type", "text")
        if (kind in {"checkbox", "radio"} and "checked" not in found) or kind in {"submit", "file"}:
            return
        self._send(found.get("name", ""), found.get("value", "on" if kind == "checkbox" else ""))

    def _option(self, found: dict[str, str]) -> None:
        if self.first_option is None:
            self.first_option = found.get("value", "")
        if "selected" in found:
            self._send(self.name, found.get("value", ""))
            self.name = ""

    def _send(self, name: str, value: str) -> None:
        if not self.is_in_form or not name or any(tag == "template" for tag, _, _ in self.open_tags):
            return
        form = self.forms[-1]
        before = form.get(name)
        if before is None:
            form[name] = value
        else:
            form[name] = [*(before if isinstance(before, list) else [before]), value]

    def handle_data(self, data: str) -> None:
        if self.open_tags and self.open_tags[-1][0] == "textarea":
            self.typed += data
        if not any(tag == "template" for tag, _, _ in self.open_tags):
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._send(self.name, self.typed.removeprefix("\n"))
        if tag == "select" and self.name:
            self._send(self.name, self.first_option or "")
        if tag == "form":
            self.is_in_form = False
        while self.open_tags:
            opened, key, start = self.open_tags.pop()
            if key:
                self.texts[key] = " ".join(" ".join(self.words[start:]).split())
            if opened == tag:
                return
