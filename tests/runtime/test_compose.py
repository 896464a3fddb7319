"""docker-compose.yml cannot be run here, so what can be known without an engine is checked."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviews.core.embedded import programs

pytestmark = pytest.mark.runtime

REPOSITORY = Path(__file__).resolve().parents[2]
RUNS_ONCE = {"migrate"}
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD", "TANDEM_BASE_URL", "ALLOWED_HOSTS")


@pytest.fixture(scope="module")
def text() -> str:
    return (REPOSITORY / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services(text: str) -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return loaded


def test_everything_a_team_needs_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"db", "redis", "migrate", "web", "worker", "scheduler", "proxy"}


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_has_a_default(text: str, name: str) -> None:
    uses = re.findall(rf"\$\{{{name}([^}}]*)}}", text)
    assert uses
    assert set(uses) == {f":?set {name} in .env"}
    example = (REPOSITORY / "docker" / "env.example").read_text()
    assert re.search(rf"^{name}=", example, re.M)


def test_the_example_environment_holds_no_secret() -> None:
    lines = (REPOSITORY / "docker" / "env.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    secrets = ("SECRET_KEY", "POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD", "EMAIL_URL")
    assert [values[name] for name in secrets] == [""] * 4


def test_only_migrations_know_who_owns_the_tables(services: dict[str, dict[str, Any]]) -> None:
    """Nothing that answers the network can switch off a trigger."""
    owners = {name for name, service in services.items() if "POSTGRES_PASSWORD" in str(service.get("environment"))}
    assert owners == {"db", "migrate"}
    migrating = services["migrate"]["environment"]
    assert "//tandem:" in migrating.pop("MIGRATE_DATABASE_URL")
    assert migrating == services["web"]["environment"]
    assert "//tandem_app:" in migrating["DATABASE_URL"]


def test_nobody_is_root(services: dict[str, dict[str, Any]]) -> None:
    users = {name: str(service["user"]) for name, service in services.items()}
    assert not {"0", "root", ""} & set(users.values())
    assert all(service["cap_drop"] == ["ALL"] for service in services.values())


def test_the_image_itself_is_not_root_either() -> None:
    stages = re.split(r"^FROM .* AS (\w+)$", (REPOSITORY / "docker" / "Dockerfile").read_text(), flags=re.M)
    texts = dict(zip(stages[1::2], stages[2::2], strict=True))
    for name in ("tandem", "proxy"):
        users = re.findall(r"^USER (\S+)$", texts[name], re.M)
        assert users
        assert users[-1] not in {"0", "root"}


def test_every_service_is_watched_and_restarted(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        if name in RUNS_ONCE:
            assert service["restart"] == "no"
        else:
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"], name


def test_what_keeps_data_keeps_them_in_a_volume(text: str, services: dict[str, dict[str, Any]]) -> None:
    volumes = yaml.safe_load(text)["volumes"]
    mounted = {mount.split(":")[0] for service in services.values() for mount in service.get("volumes", [])}
    assert mounted == set(volumes)


def test_pages_come_after_migrations(services: dict[str, dict[str, Any]]) -> None:
    for name in ("web", "worker", "scheduler"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["depends_on"]["redis"] == {"condition": "service_healthy"}
    assert services["migrate"]["depends_on"]["db"] == {"condition": "service_healthy"}
    assert services["proxy"]["depends_on"]["web"] == {"condition": "service_healthy"}


def with_defaults(command: list[str]) -> list[str]:
    return [re.sub(r"^\$\{\w+:-([^}]*)}$", r"\1", word) for word in command]


def test_containers_run_what_the_supervisor_runs(
    services: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("TANDEM_W")]:
        monkeypatch.delenv(name)
    web = programs.web_command("0.0.0.0", 8000)
    assert with_defaults(services["web"]["command"])[1:] == web[1:]
    worker = programs.worker_command(Path("schedule"))
    alone = worker[: worker.index("--beat")]
    assert with_defaults(services["worker"]["command"])[1:] == alone[1:]
    assert services["migrate"]["command"][1:] == programs.manage("migrate", "--noinput")[1:]
    scheduler = services["scheduler"]["command"]
    assert scheduler[1:5] == worker[1:5]
    assert scheduler[5] == "beat"


def test_the_image_starts_the_same_web_server(services: dict[str, dict[str, Any]]) -> None:
    dockerfile = (REPOSITORY / "docker" / "Dockerfile").read_text()
    command = yaml.safe_load(re.findall(r"^CMD (\[.*\])$", dockerfile, re.M)[0])
    assert command == with_defaults(services["web"]["command"])


def test_the_image_holds_what_it_needs_and_no_more() -> None:
    """.dockerignore lets in by name, so that data, secrets and history cannot slip into an image."""
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (REPOSITORY / "docker" / "Dockerfile").read_text(), re.M)
    sources = {source.split("/")[0] if "docker" not in source else source for line in copied for source in line.split()}
    assert sources <= allowed
    assert all((REPOSITORY / name).exists() for name in allowed)
