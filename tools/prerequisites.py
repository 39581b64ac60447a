"""Name what this machine lacks for setting up the book, and how to get it. Runs on any Python 3."""

import importlib.util
import sys

NEEDED = (3, 11)


def missing():
    """Return one line for each thing that is missing."""
    lines = []
    if sys.version_info < NEEDED:
        lines.append(
            "Python %d.%d or newer is needed, found %d.%d at %s: install one, then say make PYTHON=python3.12"
            % (*NEEDED, *sys.version_info[:2], sys.executable)
        )
    for module, package in (("venv", "python3-venv"), ("ensurepip", "python3-venv")):
        if importlib.util.find_spec(module) is None:
            lines.append(f"The module {module} is missing: on Debian or Ubuntu, apt-get install {package}")
    return lines


if __name__ == "__main__":
    sys.exit("\n".join(missing()) or 0)
