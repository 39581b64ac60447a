"""The editions of the book, a file of book/words each, and a page of one of them."""

from __future__ import annotations

import html
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

from docutils import nodes

ROOT = Path(__file__).resolve().parents[2]


class Edition(NamedTuple):
    """A language of the book."""

    name: str  # in itself
    code: str  # for browsers
    folder: str  # where it lives below the root of the site
    words: dict[str, Any]  # what the site says in it, by who says it


def _read(path: Path) -> Edition:
    words = tomllib.loads(path.read_text("utf-8"))
    return Edition(**words.pop("edition"), words=words)


EDITIONS = {path.stem: _read(path) for path in sorted((ROOT / "book" / "words").glob("*.toml"))}


def edition(config: Any) -> Edition:
    """Return the edition that is being built, by Sphinx' `language`: en, zh_CN."""
    return EDITIONS[config.language.partition("_")[0]]


class Page(NamedTuple):
    """A page that is about to be written."""

    app: Any
    name: str  # of its source, as book/index
    context: dict[str, Any]  # what Sphinx gives the template
    doctree: nodes.document | None  # pages without a source have none

    @property
    def edition(self) -> Edition:
        """The edition that it belongs to."""
        return edition(self.app.config)

    @property
    def title(self) -> str:
        """Its title, as plain text; that of the first page is the book's."""
        first = self.name == self.app.config.root_doc
        title = self.app.config.html_title if first else self.context.get("title", "")
        return html.unescape(re.sub(r"<[^>]+>", "", title))

    @property
    def around(self) -> dict[str, Any]:
        """What there is besides the pages: the source, the lab, what can be taken along, the version."""
        found: dict[str, Any] = self.app.config.kl_around
        return found

    @property
    def path(self) -> str:
        """Its address from the root of whatever serves the site, whole where that is known."""
        target: str = self.app.builder.get_target_uri(self.name).removesuffix("index.html")
        return str(urljoin(self.app.config.html_baseurl, target))

    @property
    def address(self) -> str:
        """Its whole address, nothing where that is not known."""
        return self.path if "://" in self.path else ""

    @property
    def up(self) -> str:
        """The way from here to the root of the site."""
        return "../" * (self.name.removeprefix("book/").count("/") + self.edition.folder.count("/"))

    def link(self, name: str) -> str:
        """Return the address of another page of this edition from here."""
        return str(self.app.builder.get_relative_uri(self.name, name))
