"""Asks the running web server how it is."""

import dataclasses
import http.client
import os

from reviews.core.embedded import environment


@dataclasses.dataclass(frozen=True)
class Answer:
    """`text` is what /healthz said about each part, or why there is no answer."""

    is_healthy: bool
    text: str


def ask(timeout: float = 10) -> Answer:
    """One request to /healthz on this machine."""
    host = environment.host()
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(local, environment.port(), timeout=timeout)
    try:
        connection.request("GET", "/healthz", headers={"Host": _accepted_name(local)})
        response = connection.getresponse()
        text = response.read(2000).decode(errors="replace").strip()
        return Answer(response.status == 200, f"{response.status} {text}")
    except (OSError, http.client.HTTPException) as problem:
        return Answer(False, f"no answer ({problem})")
    finally:
        connection.close()


def _accepted_name(local: str) -> str:
    """A host name that ALLOWED_HOSTS lets pass."""
    names = [name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(",") if name.strip()]
    if not names or "*" in names or local in names:
        return f"[{local}]" if ":" in local else local
    return names[0].lstrip(".")


def report() -> int:
    """For a container's health check: print the answer; 0 when healthy."""
    answer = ask()
    print(answer.text)
    return 0 if answer.is_healthy else 1
