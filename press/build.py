"""Build the book in both languages: the English edition at the root of the site, the Chinese one below zh/.

    python press/build.py                    into _build/html
    python press/build.py --path-output X    into X/_build/html
    python press/build.py --sources          nothing but the Chinese sources, into _build/zh

`jupyter-book build .` alone builds the English edition; its pages then offer no other language. Each build is a
process of its own, so that two cores do two editions at once. The sources of the Chinese one are made first, of the
English ones and the texts in zh/.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, this file finds its neighbours

import yaml  # noqa: E402

from press import translation  # noqa: E402

JUPYTER_BOOK = Path(sysconfig.get_path("scripts"), "jupyter-book")
OPTIONS = ("-W", "-n", "--keep-going")  # a warning is a fault
CHINESE = "zh"


def start(source: Path, output: Path, log: Path | None) -> subprocess.Popen[bytes]:
    """Start building the book in `source`; what it says goes to the file `log`, or to where we say things."""
    source, output = source.resolve(), output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    with log.open("wb") if log else nullcontext() as said:
        return subprocess.Popen(
            [JUPYTER_BOOK, "build", source, "--path-output", output, *OPTIONS],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, "BOOK_EDITIONS": "all"},
        )


def build(output: Path) -> int:
    """Build both editions below `output`; return the exit status, 0 if both went well."""
    inner, log = output / "_build" / "editions" / CHINESE, output / "_build" / "editions" / f"{CHINESE}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    chinese, english = start(assembled(output), inner, log), start(ROOT, output, None)
    status = english.wait() or chinese.wait()
    if chinese.wait():
        print(log.read_text("utf-8", "replace"))
    elif not status:
        built = inner / "_build" / "html"
        pages = [path for path in built.rglob("*") if path.is_file()]
        target = output / "_build" / "html" / CHINESE
        replace(target, {path.relative_to(built).as_posix(): path.read_bytes() for path in pages})
        print(f"The Chinese edition is below {target}")
    return status


def assembled(output: Path) -> Path:
    """Write the sources of the Chinese edition below `output`, and return their folder."""
    folder = output / "_build" / CHINESE
    words = translation.words()
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8")) | words["config"]
    sphinx = settings["sphinx"]
    sphinx["config"] |= words["sphinx"]
    for key, value in sphinx["local_extensions"].items():
        sphinx["local_extensions"][key] = str(ROOT / value)
    for key in ("html_theme_path", "html_static_path"):
        sphinx["config"][key] = [str(ROOT / value) for value in sphinx["config"][key]]
    configured = {"_config.yml": settings, "_toc.yml": translation.contents()}
    files = translation.book()
    files |= {name: yaml.safe_dump(value, allow_unicode=True) for name, value in configured.items()}
    files |= {name: (ROOT / name).read_text("utf-8") for name in settings["bibtex_bibfiles"]}
    replace(folder, {name: content.encode() for name, content in files.items()})
    return folder


def replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` hold these files and no others; a file that does not change keeps its time."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if not (path.exists() and path.read_bytes() == content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--path-output", type=Path, default=ROOT, metavar="FOLDER")
    parser.add_argument("--sources", action="store_true", help="write the Chinese sources, and build nothing")
    options = parser.parse_args(arguments)
    if options.sources:
        print(f"The Chinese sources are in {assembled(options.path_output)}")
        return 0
    return build(options.path_output)


if __name__ == "__main__":
    sys.exit(main())
