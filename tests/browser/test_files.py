"""What can be seen in the built files without a browser: links lead somewhere, heads are complete, nothing is extra."""

from __future__ import annotations

import posixpath
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from press.editions import start
from press.serve import POLICY


class Page(HTMLParser):
    """The ids, links and meta tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.meta: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids += [values["id"]] if "id" in values else []
        if (tag == "a" and "href" in values) or (tag == "link" and values["rel"] in ("prev", "next")):
            self.links.append(values["href"])
        if tag == "meta" and "content" in values:
            name = values.get("property") or values.get("name") or values["http-equiv"]
            self.meta[name] = values["content"]


@pytest.fixture(scope="module")
def parsed(site: Path, pages: list[str]) -> dict[str, Page]:
    return {name: Page((site / name).read_text("utf-8")) for name in pages}


def test_every_link_and_anchor_inside_the_book_leads_somewhere(
    site: Path, parsed: dict[str, Page], root: str
) -> None:
    dead = []
    for name, page in parsed.items():
        for link in page.links:
            target = urlparse(urljoin(root + name, link))
            if urlparse(link).scheme:
                continue
            path = unquote(target.path).removeprefix(root) or "index.html"
            exists = (site / path).is_file()
            anchored = not target.fragment or (exists and unquote(target.fragment) in parsed[path].ids)
            if not (exists and anchored):
                dead.append(f"{name}: {link}")
    assert not dead


def test_no_style_makes_the_browser_search_the_page_at_each_move_of_a_drag(site: Path) -> None:
    """What changes inside of `:has()` is looked for anew in all of the element: 3 ms a frame in a chapter."""
    assert [style.name for style in site.rglob("*.css") if ":has(" in style.read_text("utf-8")] == []


def test_no_id_is_given_twice_in_a_page(parsed: dict[str, Page]) -> None:
    twice = {name: {i for i in page.ids if page.ids.count(i) > 1} for name, page in parsed.items()}
    assert not {name: ids for name, ids in twice.items() if ids}


def test_every_page_states_the_policy_that_the_server_sends(parsed: dict[str, Page]) -> None:
    assert {page.meta["Content-Security-Policy"] for page in parsed.values()} == {POLICY}


def test_every_page_of_the_book_can_be_shown_elsewhere(parsed: dict[str, Page], site: Path) -> None:
    wanted = {"description", "og:title", "og:description", "og:url", "og:image", "twitter:card"}
    for name, page in parsed.items():
        if posixpath.basename(name) not in ("404.html", "search.html"):
            assert wanted <= page.meta.keys(), name
            assert "\\" not in page.meta["description"], "LaTeX in a description is noise"
            assert (site / "_static" / posixpath.basename(page.meta["og:image"])).is_file()


def test_a_branch_can_publish_the_site(site: Path) -> None:
    assert (site / ".nojekyll").exists()


def test_figures_are_numbered_in_order_in_both_languages(site: Path, pages: list[str]) -> None:
    for name in pages:
        if "notebooks/" in name:
            text, word = (site / name).read_text("utf-8"), "图" if name.startswith("zh/") else "Figure"
            chapter = posixpath.basename(name).partition("-")[0].lstrip("0")
            captions = re.findall(r'<figcaption[^>]*>\s*(?:<span class="caption-number">(.*?)</span>)?', text)
            assert captions == [f"{word} {chapter}.{n + 1}" for n in range(len(captions))], name


def test_faults_in_a_page_fail_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plants one fault of each kind and sees each reported; besides, names a repository and an hour of the build."""
    monkeypatch.setenv("BOOK_REPOSITORY", "https://gitlab.example.org/a/book/")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    source, output = tmp_path / "source", tmp_path / "output"
    (source / "book").mkdir(parents=True)
    repository = Path(__file__).resolve().parents[2]
    for name in ("press", "book/_static", "book/references.bib"):
        (source / name).symlink_to(repository / name)
    configured = (repository / "_config.yml").read_text("utf-8")
    year = str(datetime.now().year)  # of another, Sphinx leaves it alone
    (source / "_config.yml").write_text(configured.replace("© 2026", f"© {year}"), "utf-8")
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters: [{file: figure}]\n", "utf-8"
    )
    (source / "book" / "index.md").write_text(
        "# Faults\n\n$\\frac{1$ and $\\notacommand$ and $\\mathfrak{a}$\n\n<script>alert(1)</script>\n\n"
        '<b onclick="f()">b</b>\n\n<img alt="" src="https://example.org/a.png">\n\n[nowhere](#nowhere)\n',
        "utf-8",
    )
    shown = new_output(
        "display_data", data={"text/html": '<div class="kl-figure"><svg role="img"></svg></div>'}
    )
    figure = new_code_cell("show(fig)", execution_count=1, outputs=[shown])
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Figure"), figure]), source / "figure.ipynb")
    assert start(source, output, tmp_path / "build.log").wait() != 0
    page = (output / "_build" / "html" / "figure.html").read_text("utf-8")
    assert f"© {year} " in page
    assert 'href="https://gitlab.example.org/a/book"' in page
    report = (
        "/-/issues/new?issue%5Btitle%5D=Figure%3A+&amp;issue%5Bdescription%5D=On+%2Ffigure.html%2C+version+"
    )
    assert report in page
    log = (tmp_path / "build.log").read_text("utf-8")
    for said in (
        "a formula that KaTeX cannot set",
        "a command that KaTeX does not know: \\notacommand",
        "letters of a face that THIRD-PARTY.md does not list: mathfrak",
        "a script in the page",
        "an event handler in the page",
        "something loaded from another origin",
        "shows a figure that is not described",
        "shows a figure without caption",
    ):
        assert said in log
