"""Build the book in both languages: the English edition at the root of the site, the Chinese one below zh/.

    python press/editions.py                    into _build/html
    python press/editions.py --path-output X    into X/_build/html

`jupyter-book build .` alone builds the English edition; its pages then offer no other language. Each build is a
process of its own, so that two cores do two editions at once.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = ("-W", "-n", "--keep-going")  # a warning is a fault
CHINESE = "zh"

# The command jupyter-book, in this Python. Where JupyterLab is installed, jsonschema would spend two seconds on the
# grammars of a package that it can do without.
JUPYTER_BOOK = """
import sys
sys.modules["rfc3987_syntax"] = None
from jupyter_book.cli.main import main
main()
"""


def start(source: Path, output: Path, log: Path | None) -> subprocess.Popen[bytes]:
    """Start building the book in `source`; what it says goes to the file `log`, or to where we say things."""
    output.mkdir(parents=True, exist_ok=True)
    with (
        open(log, "wb") if log else open(os.dup(1), "wb") as said
    ):  # not a pipe: see the extension katex_server
        return subprocess.Popen(
            [sys.executable, "-c", JUPYTER_BOOK, "build", source, "--path-output", output, *OPTIONS],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, "BOOK_EDITIONS": "all"},
        )


def build(output: Path) -> int:
    """Build both editions below `output`; return the exit status, 0 if both went well."""
    inner, log = output / "_build" / "editions" / CHINESE, output / "_build" / "editions" / f"{CHINESE}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    chinese, english = start(ROOT / CHINESE, inner, log), start(ROOT, output, None)
    status = english.wait() or chinese.wait()
    if chinese.wait():
        print(log.read_text("utf-8", "replace"))
    elif not status:
        carry(inner / "_build" / "html", output / "_build" / "html" / CHINESE)
        print(f"The Chinese edition is below {output / '_build' / 'html' / CHINESE}")
    return status


def carry(source: Path, target: Path) -> None:
    """Make `target` the same tree as `source`; a file that did not change keeps its time."""
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for path in [path for path in target.rglob("*") if path.is_file()]:
        if path.relative_to(target) not in wanted:
            path.unlink()
    for name in sorted(wanted):
        new, old = source / name, target / name
        old.parent.mkdir(parents=True, exist_ok=True)
        if not (
            old.exists()
            and old.stat().st_mtime == new.stat().st_mtime
            and old.stat().st_size == new.stat().st_size
        ):
            shutil.copy2(new, old)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--path-output", type=Path, default=ROOT, metavar="FOLDER")
    return build(parser.parse_args(arguments).path_output)


if __name__ == "__main__":
    sys.exit(main())
