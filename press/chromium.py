"""Find the Chromium or Chrome that the browser tests drive.

python press/chromium.py             print its path, or say how to get one
python press/chromium.py --install   on Debian and its like, as root: install it if there is none
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shell is the same engine without the window around it, which costs a second for every new context of a test.
NAMES = [
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
]
PACKAGES = ["chromium-headless-shell", "chromium"]  # of Debian and its like; older ones have no shell
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
]
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


def chromium() -> str:
    """Return the path of the system's Chromium, which the environment variable CHROMIUM overrides.

    Raises:
        FileNotFoundError: if there is none, or if CHROMIUM names a file that is not there.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise FileNotFoundError(f"CHROMIUM must name a browser's program, but there is no file {named}")
        return named
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (place for place in PLACES if Path(place).is_file())
    found = next((path for path in on_path if path), None) or next(in_place, None)
    if found is None:
        raise FileNotFoundError(f"no Chromium found: {HOW}")
    return found


def offered(package: str) -> bool:
    """Tell whether the system's sources have that package."""
    return not subprocess.run(["apt-cache", "show", package], capture_output=True).returncode


def main() -> None:
    """Print the path; with --install, see first that there is one."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--install", action="store_true", help="on Debian and its like, as root: install it if missing"
    )
    options = parser.parse_args()
    try:
        print(chromium())
    except FileNotFoundError as error:
        may_install = options.install and shutil.which("apt-get") and getattr(os, "geteuid", lambda: 1)() == 0
        if not may_install:
            sys.exit(f"chromium: {error}")
        subprocess.run(["apt-get", "update"], check=True)
        package = next(name for name in PACKAGES if offered(name))
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", package], check=True)
        print(chromium())


if __name__ == "__main__":
    main()
