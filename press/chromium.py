"""Find the Chromium or Chrome that the browser tests drive.

python press/chromium.py             print its path, or say how to get one
python press/chromium.py --install   on Debian and its like, as root: install it if there is none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def chromium() -> str:
    """Return the path of the system's Chromium, which the environment variable CHROMIUM overrides.

    Raises
    ------
    FileNotFoundError
        If there is none, or if CHROMIUM names a file that is not there.
    """
    named = os.environ.get("CHROMIUM")
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"CHROMIUM must name a browser's program, but there is no file {named}")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(f"no Chromium found: {HOW}")
    return found


def install() -> None:
    """Install the first of PACKAGES that the system's sources have."""
    subprocess.run(["apt-get", "update"], check=True)
    for package in PACKAGES:
        if not subprocess.run(["apt-cache", "show", package], capture_output=True).returncode:
            subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", package], check=True)
            return


def main() -> None:
    """Print the path; with --install, see first that there is one."""
    try:
        print(chromium())
    except FileNotFoundError as error:
        may = shutil.which("apt-get") and getattr(os, "geteuid", lambda: 1)() == 0
        if "--install" not in sys.argv or not may:
            sys.exit(f"chromium: {error}")
        install()
        print(chromium())


if __name__ == "__main__":
    main()
