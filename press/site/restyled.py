"""Write every page anew when the theme, a script or an extension has changed: Sphinx looks at the texts alone."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOOKS = ("press/site/theme", "book/_static", "press/site", "klhelpers/widgets")


def outdated(app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]) -> Collection[str]:
    """Return the pages to write: all, if what they look like is newer than they are."""
    first = Path(app.outdir, "index.html")
    if not first.exists():
        return ()
    files = (path for folder in LOOKS for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc")
    newest = max(path.stat().st_mtime for path in files if path.is_file())
    return env.found_docs if newest > first.stat().st_mtime else ()


def setup(app: Any) -> dict[str, bool]:
    """Ask at every build."""
    app.connect("env-get-outdated", outdated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
