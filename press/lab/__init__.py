"""The lab: JupyterLite with every notebook of a book, put below `lab/` of the built site.

Which book that is stands in [tool.press.lab] of pyproject.toml; what the lab says and what of JupyterLab it does
without in interface.toml; the files of Python that it is made of in package-files.toml.
"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["press"]["lab"]
TABLE = tomllib.loads(Path(__file__).with_name("interface.toml").read_text("utf-8"))
SITE = ROOT / "_build" / "lab" / "site"
