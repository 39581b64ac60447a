"""Find the Chromium or Chrome that the browser tests drive.

python press/chromium.py             print its path, or say how to get one
python press/chromium.py --install   on Debian and its like, as root: install it if there is none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

# The shell is the same engine without the window around it, which costs a second for every new context of a test.
NAMES = (
    *("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome", "msedge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
PACKAGES = ("chromium-headless-shell", "chromium")  # of Debian and its like; older ones have no shell
FLAGS = [  # for tests
    "--no-sandbox",  # Chromium refuses to start as root with it, as in most containers
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing from elsewhere, whatever asks for it
]
HOW = (
    "install it (Debian, Ubuntu: apt-get install chromium; Fedora: dnf install chromium; macOS: brew install "
    "--cask chromium; Windows: Edge or Chrome), or set the environment variable CHROMIUM to the path of one"
)


def found(variable: str = "CHROMIUM", names: Sequence[str] = NAMES) -> str | None:
    """Return the path of the system's Chromium, or of what the environment variable CHROMIUM names instead."""
    named = os.environ.get(variable)
    return next(filter(None, map(shutil.which, [named] if named else names)), None)


def chromium() -> str:
    """Return the path of the browser; a FileNotFoundError says how to get one."""
    if not (path := found()):
        raise FileNotFoundError(f"no Chromium found (CHROMIUM={os.environ.get('CHROMIUM', '')}): {HOW}")
    return path


def install(packages: Sequence[str], there: str | None) -> None:
    """Install the first of these packages that the system's sources have, if nothing is there and we may."""
    if there or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    subprocess.run(["apt-get", "update"], check=True)
    for package in packages:
        command = ["apt-get", "install", "--yes", "--no-install-recommends", package]
        if subprocess.run(command).returncode == 0:
            return


if __name__ == "__main__":
    try:
        if "--install" in sys.argv:
            install(PACKAGES, found())
        print(chromium())
    except FileNotFoundError as error:
        sys.exit(f"chromium: {error}")
