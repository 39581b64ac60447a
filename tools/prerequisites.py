"""Name what this machine lacks for setting up the book, and how to get it. Runs on any Python 3.7 or newer."""

from __future__ import annotations

import importlib.util
import sys

NEEDED = (3, 11)


def missing() -> list[str]:
    """Return one line for each thing that is missing."""
    lines = []
    if sys.version_info < NEEDED:
        needed, found = (".".join(map(str, version)) for version in (NEEDED, sys.version_info[:2]))
        lines.append(
            f"Python {needed} or newer is needed, found {found} at {sys.executable}: "
            "install one, then say make PYTHON=python3.12"
        )
    for module, package in (("venv", "python3-venv"), ("ensurepip", "python3-venv")):
        if importlib.util.find_spec(module) is None:
            lines.append(f"The module {module} is missing: on Debian or Ubuntu, apt-get install {package}")
    return lines


if __name__ == "__main__":
    sys.exit("\n".join(missing()) or 0)
