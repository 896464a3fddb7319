"""What of the programs' output reaches the terminal."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.console import EmailBackend

from reviews.core.embedded import children, relay

pytestmark = pytest.mark.runtime

TRACEBACK = """2026-01-01 10:00:00,000 ERROR django.request: Internal Server Error: /x
Traceback (most recent call last):
  File "views.py", line 1, in view
    raise ValueError("no")
ValueError: no
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "web.log"
    path.write_text("an older line with an ERROR in it\n")
    return path


def append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_a_real_email_is_shown_whole(log: Path) -> None:
    if not settings.configured:
        settings.configure()
    follower = relay.Follower("web", log)
    append(log, "INFO before\n")
    with log.open("a") as stream:
        message = mail.EmailMessage(
            "Password reset – 密码",
            "Open this:\n\nhttp://127.0.0.1:8000/réset/1\n",
            "tandem@example.org",
            ["bo@example.org"],
        )
        EmailBackend(stream=stream).send_messages([message])
    append(log, "INFO after\n")
    shown = follower.news()
    assert "web     | http://127.0.0.1:8000/réset/1" in shown
    assert "web     | To: bo@example.org" in shown
    assert not [line for line in shown if "INFO" in line]


def test_an_error_is_shown_with_its_traceback_and_nothing_older(log: Path) -> None:
    follower = relay.Follower("web", log)
    append(log, f"INFO fine\n{TRACEBACK}INFO fine again\n")
    assert follower.news() == [f"web     | {line}" for line in TRACEBACK.splitlines()]
    assert follower.news() == []


def test_a_line_is_shown_when_it_is_complete(log: Path) -> None:
    follower = relay.Follower("web", log)
    append(log, "CRITICAL the disk")
    assert follower.news() == []
    append(log, " is full\n")
    assert follower.news() == ["web     | CRITICAL the disk is full"]


def test_a_log_does_not_grow_without_end(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LARGEST_LOG", 1000)
    follower = relay.Follower("web", log)
    append(log, "INFO chatter\n" * 100)
    assert follower.news() == []
    assert log.stat().st_size == 0
    assert children.older(log).stat().st_size > 1000
    append(log, "ERROR after the cut\n")
    assert follower.news() == ["web     | ERROR after the cut"]
