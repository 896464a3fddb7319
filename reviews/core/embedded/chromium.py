"""Finds the Chromium that the end-to-end tests drive, and installs it where that is one command of root's."""

import os
import pathlib
import shutil
import subprocess
import sys

from reviews.core.embedded import refusals, terminal

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PACKAGES = ["chromium"]
INSTALLERS = {
    "apt-get": "sudo apt-get install -y chromium",
    "dnf": "sudo dnf install -y chromium",
    "pacman": "sudo pacman -S chromium",
    "zypper": "sudo zypper install -y chromium",
    "apk": "sudo apk add chromium",
    "brew": "brew install --cask chromium",
}


def ensure() -> str:
    """The path of a Chromium that starts; raises Refusal with the one command that gets it."""
    if given := os.environ.get("CHROMIUM"):
        if _starts(given):
            return given
        raise refusals.Refusal(f"CHROMIUM is {given!r}, which does not start: correct it or unset it.")
    if found := _find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        if found := _find():
            return found
    raise refusals.Refusal(f"Chromium, which the end-to-end tests drive, is missing: {_advice()}")


def _find() -> str:
    places = [shutil.which(name) or "" for name in NAMES] + list(ON_MACOS)
    return next((place for place in places if place and pathlib.Path(place).exists() and _starts(place)), "")


def _starts(path: str) -> bool:
    """Whether it answers; on Ubuntu `chromium-browser` may be a stub that only points to a snap."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _install() -> None:
    terminal.step("installing Chromium with apt-get (once)")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
        answer = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            terminal.step(f"apt-get {command[0]} failed: {answer.stderr.strip()[-500:]}")


def _advice() -> str:
    command = next((text for tool, text in INSTALLERS.items() if shutil.which(tool)), "")
    if not command:
        where = (
            INSTALLERS["brew"]
            if sys.platform == "darwin"
            else "https://www.chromium.org/getting-involved/download-chromium/"
        )
        return f"get it ({where}), or set CHROMIUM to its path."
    return f"install it with `{command}`, or set CHROMIUM to the path of a Chromium or Google Chrome."
