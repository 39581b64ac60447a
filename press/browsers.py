"""Find and start the system's Chromium, or its Firefox, which is driven over the WebDriver BiDi that it speaks itself.

python press/browsers.py                     print where Chromium is, or say how to get one
python press/browsers.py firefox --install   on Debian and its like, as root: install it if there is none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

NAMES = {
    "chromium": (
        # The shell is the same engine without the window, which costs a second for every new context of a test.
        *("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser"),
        *("google-chrome", "google-chrome-stable", "chrome", "msedge"),
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
    "firefox": (
        *("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"),
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
    ),
}
# Of Debian and its like, some of which have but the second.
PACKAGES = {"chromium": ("chromium-headless-shell", "chromium"), "firefox": ("firefox-esr", "firefox")}
FLAGS = [
    "--no-sandbox",  # Chromium refuses to start as root with it, as in most containers
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing from elsewhere, whatever asks for it
]
PREFERENCES: dict[str, str | float | bool] = {  # of Firefox
    "network.dns.disabled": True,  # nothing from elsewhere, whatever asks for it
    "ui.primaryPointerCapabilities": 6,  # a mouse: without a screen Firefox says that there is none
    "ui.allPointerCapabilities": 6,
}


def path_of(kind: str) -> str:
    """Return the path of the browser; a FileNotFoundError says how to get one."""
    named = os.environ.get(kind.upper())
    if path := next(filter(None, map(shutil.which, [named] if named else NAMES[kind])), None):
        return path
    raise FileNotFoundError(
        f"no {kind} found ({kind.upper()}={named or ''}): install it (Debian, Ubuntu: apt-get install {kind}; Fedora: "
        f"dnf install {kind}; macOS: brew install --cask {kind}; Windows: Edge, Chrome or Firefox), or set the "
        f"environment variable {kind.upper()} to the path of one"
    )


def launched(kind: BrowserType, **asked: int) -> Browser:
    """Start it; Firefox as if the system asked for what these preferences say: BiDi cannot tell a page all of it."""
    if kind.name == "chromium":
        return kind.launch(executable_path=path_of(kind.name), args=FLAGS)
    preferences = PREFERENCES | {name.replace("_", "."): value for name, value in asked.items()}
    return kind.launch(
        channel="moz-firefox", executable_path=path_of(kind.name), firefox_user_prefs=preferences
    )


def install(kind: str) -> None:
    """Install the first of its packages that the system's sources have, if we may."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update"], check=True)
        command = ["apt-get", "install", "--yes", "--no-install-recommends"]
        any(subprocess.run([*command, package]).returncode == 0 for package in PACKAGES[kind])


def main(kind: str = "chromium", *options: str) -> None:
    """Print its path, where it may be installed first."""
    try:
        print(path_of(kind))
    except FileNotFoundError as error:
        if "--install" not in options:
            sys.exit(f"browsers: {error}")
        install(kind)
        main(kind)


if __name__ == "__main__":
    main(*sys.argv[1:])
