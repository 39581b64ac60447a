"""Find and start the Firefox that `make test-firefox` drives, over the WebDriver BiDi that it speaks itself.

python press/firefox.py --install    on Debian and its like, as root: install it if there is none
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, this file finds its neighbour

from press.chromium import found, install

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

NAMES = (
    *("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"),
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
)
PACKAGES = ("firefox-esr", "firefox")  # of Debian; of its like
PREFERENCES: dict[str, str | float | bool] = {
    "network.dns.disabled": True,  # nothing from elsewhere, whatever asks for it
    "ui.primaryPointerCapabilities": 6,  # a mouse: without a screen Firefox says that there is none
    "ui.allPointerCapabilities": 6,
}


def firefox() -> str:
    """Return the path of the browser; a FileNotFoundError says how to get one."""
    if not (path := found("FIREFOX", NAMES)):
        raise FileNotFoundError(
            "no Firefox found: install it, or set the environment variable FIREFOX to its path"
        )
    return path


def launched(kind: BrowserType, **asked: int) -> Browser:
    """Start it where the system asks for what these preferences say: BiDi cannot tell all of it to a page."""
    preferences = PREFERENCES | {name.replace("_", "."): value for name, value in asked.items()}
    return kind.launch(channel="moz-firefox", executable_path=firefox(), firefox_user_prefs=preferences)


if __name__ == "__main__":
    if "--install" in sys.argv:
        install(PACKAGES, found("FIREFOX", NAMES))
    print(firefox())
