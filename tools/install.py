"""Install packages into this environment with uv, which is some five times quicker than pip, by the settings of pip.

python tools/install.py -r requirements.lock -e .
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping

# uv does not read pip's settings, and whoever gave pip a mirror, a certificate or a proxy means them for us as well.
OPTIONS = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "trusted-host": "--allow-insecure-host",
    "constraint": "--constraints",
}
VARIABLES = {"cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY", "timeout": "UV_HTTP_TIMEOUT"}


def settings(listed: str) -> dict[str, str]:
    """Return what pip is set to, from the lines of `pip config list`: the environment goes before its files.

    >>> settings("global.timeout='60'\\ninstall.timeout='90'")
    {'timeout': '90'}
    >>> settings(":env:.index-url='https://mirror.example/simple'\\nglobal.index-url='https://other.example/simple'")
    {'index-url': 'https://mirror.example/simple'}
    """
    found = {}
    lines = (line.partition("=") for line in listed.splitlines())
    for name, _, value in sorted(lines, key=lambda parts: parts[0].startswith(":env:")):
        section, _, key = name.rpartition(".")
        if section in ("global", "install", ":env:"):
            found[key.removeprefix("default-")] = ast.literal_eval(value)
    return found


def arguments(pip: dict[str, str]) -> list[str]:
    """Return pip's settings as options of uv; several values of one are parted by spaces or lines.

    >>> arguments({"extra-index-url": "https://a.example https://b.example", "cert": "/a.pem"})
    ['--index', 'https://a.example', '--index', 'https://b.example']
    """
    told = [(option, value) for key, option in OPTIONS.items() for value in pip.get(key, "").split()]
    alone = ["--no-index"] if pip.get("no-index", "").lower() in ("1", "true", "yes", "on") else []
    return alone + [part for pair in told for part in pair]


def variables(pip: dict[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """Return pip's settings as environment variables of uv; what uv itself was told stays.

    >>> variables({"cert": "/a.pem", "timeout": "60"}, told={"SSL_CERT_FILE": "/b.pem"})
    {'SSL_CERT_FILE': '/b.pem', 'UV_HTTP_TIMEOUT': '60'}
    """
    return {name: pip[key] for key, name in VARIABLES.items() if key in pip} | dict(told)


def main() -> None:
    """Run uv's installer with the arguments given."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    pip = settings(listed)
    command = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable]
    best = ["--index-strategy", "unsafe-best-match"]  # as pip does: the newest that any of the sources has
    sys.exit(
        subprocess.run(
            [*command, *best, *arguments(pip), *sys.argv[1:]], env=variables(pip, os.environ)
        ).returncode
    )


if __name__ == "__main__":
    main()
