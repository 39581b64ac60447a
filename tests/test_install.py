"""Facts about setting up: whoever gave pip a mirror of their choice gets everything from that mirror."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.install import arguments, settings


def test_a_mirror_told_to_pip_in_any_way_is_told_to_uv(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://file.example/simple\nfind-links =\n  /a\n  /b\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    for index in ("https://file.example/simple", "https://variable.example/simple"):
        listed = subprocess.run(
            [sys.executable, "-m", "pip", "config", "list"],
            env=environment | {"PIP_CONFIG_FILE": str(file)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        told = arguments(settings(listed))
        pairs = [tuple(told[i : i + 2]) for i in range(0, len(told), 2)]
        assert ("--default-index", index) in pairs
        assert {("--find-links", "/a"), ("--find-links", "/b")} <= set(pairs)
        assert "--no-index" not in told
        environment["PIP_INDEX_URL"] = "https://variable.example/simple"  # the second time
