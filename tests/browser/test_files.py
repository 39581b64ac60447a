"""What can be seen in the built files without a browser: links lead somewhere, heads are complete, nothing is extra."""

from __future__ import annotations

import html
import posixpath
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlparse
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from pybtex.database import parse_string

from press.build import start
from press.serve import POLICY

SECTION_WITH_REPORT = r'<section id="([^"]+)"(?:(?!<section).)*?</h\d><a class="kl-report" href="([^"]+)">'
ATOM = "{http://www.w3.org/2005/Atom}"
DAYS = re.findall(
    r"^### (\S+)$", (Path(__file__).resolve().parents[2] / "CHANGELOG.md").read_text("utf-8"), re.M
)


class Page:
    """What a page says, and its ids, links and meta tags."""

    def __init__(self, text: str) -> None:
        def found(pattern: str) -> list[str]:
            return [html.unescape(value) for value in re.findall(pattern, text)]

        self.text = text
        self.ids = found(r'\sid="([^"]*)"')
        self.links = found(r'<(?:a\s|link rel="(?:prev|next)")[^>]*?href="([^"]*)"')
        kinds = found(r'<meta (?:name|property|http-equiv)="([^"]*)"')
        self.meta = dict(zip(kinds, found(r'<meta \S+ content="([^"]*)"'), strict=True))


@pytest.fixture(scope="module")
def parsed(site: Path, pages: list[str]) -> dict[str, Page]:
    return {name: Page((site / name).read_text("utf-8")) for name in pages}


@pytest.fixture(scope="module")
def book(parsed: dict[str, Page]) -> dict[str, Page]:
    """The pages that have a source."""
    return {name: page for name, page in parsed.items() if not name.endswith(("404.html", "search.html"))}


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


def test_every_page_names_its_language_and_the_other(parsed: dict[str, Page], book: dict[str, Page]) -> None:
    for name, page in parsed.items():
        assert f'<html lang="{"zh-CN" if name.startswith("zh/") else "en"}"' in page.text, name
        for code in ("en", "zh-CN") if name in book else ():
            assert f'<link rel="alternate" hreflang="{code}"' in page.text, name


def test_chinese_pages_say_nothing_in_english_but_names(parsed: dict[str, Page]) -> None:
    for name, page in parsed.items():
        if name.startswith("zh/"):
            text = re.sub(r"<a [^>]*reference[^>]*>", "", page.text)  # titles of works
            said = re.findall(r'\b(?:title|aria-label|placeholder)="([^"]*)"', text)
            english = [words for words in said if re.search("[a-z]{3,} [a-z]{2,}", words)]
            assert [words for words in english if not re.search("[㐀-鿿]", words)] == [], name


def test_every_page_of_the_book_can_be_shown_elsewhere(book: dict[str, Page], site: Path) -> None:
    wanted = {"description", "og:title", "og:description", "og:url", "og:image", "twitter:card"}
    for name, page in book.items():
        assert wanted <= page.meta.keys(), name
        assert "\\" not in page.meta["description"], "LaTeX in a description is noise"
        card = page.meta["og:image"]
        path = site / card[card.index("zh/_static" if "zh/_static" in card else "_static") :]
        assert path.stat().st_size < 100_000
        with Image.open(path) as picture:
            assert picture.size == (1200, 630)
        assert (path.stem == Path(name).stem) == ("og:image:alt" in page.meta) == ("notebooks/" in name)


def known(page: Page) -> str:
    """The whole address of a page; nothing where the site was built without one."""
    return page.meta["og:url"] if "://" in page.meta["og:url"] else ""


def test_a_citation_names_the_page_its_version_and_its_address(book: dict[str, Page]) -> None:
    for page in book.values():
        text = html.unescape(page.text.partition("kl-cite")[2])
        bib, ris = re.findall(r"<pre>(.*?)</pre>", text, re.S)
        (entry,) = parse_string(bib, "bibtex").entries.values()
        tags = dict(re.findall(r"^(\w\w)  - (.*)$", ris, re.M))
        assert entry.fields["title"] == tags["TI"] == page.meta["og:title"]
        assert entry.fields["version"] == tags["ET"]
        assert entry.fields["date"] == tags["DA"].replace("/", "-") == DAYS[0]
        assert entry.fields.get("url", "") == tags.get("UR", "") == known(page)


def test_the_feed_tells_the_days_of_the_changelog_newest_first(site: Path, book: dict[str, Page]) -> None:
    for name in ("changes.html", "zh/changes.html"):
        path, whole = (site / name).with_name("feed.xml"), known(book[name])
        assert path.exists() == bool(whole)
        if whole:
            feed = ElementTree.parse(path).getroot()
            assert (feed.tag, feed.find(f"{ATOM}author/{ATOM}name") is None) == (f"{ATOM}feed", False)
            assert feed.find(f"{ATOM}link[@rel='self']").attrib["href"] == urljoin(whole, "feed.xml")
            said = {
                tag: [e.text for e in feed.iter(f"{ATOM}{tag}")]
                for tag in ("id", "title", "updated", "content")
            }
            assert said["updated"] == [f"{day}T00:00:00Z" for day in (DAYS[0], *DAYS)]
            assert len({*said["id"]}) == len(said["id"]) == len(said["title"]) == len(said["content"]) + 1
            assert all(content.startswith("<ul>") for content in said["content"])


def test_the_map_leads_to_every_page_and_to_its_counterpart(site: Path, book: dict[str, Page]) -> None:
    wanted = sorted(filter(None, map(known, book.values())))
    assert (site / "sitemap.xml").exists() == bool(wanted)
    if wanted:
        places = ElementTree.parse(site / "sitemap.xml").getroot()
        assert sorted(place[0].text for place in places) == wanted
        for place in places:
            others = {link.attrib["hreflang"]: link.attrib["href"] for link in place[1:]}
            assert (
                {*others} == {"en", "zh-CN"}
                and place[0].text in others.values()
                and {*others.values()} <= {*wanted}
            )


def test_a_branch_can_publish_the_site(site: Path) -> None:
    assert (site / ".nojekyll").exists()


def test_a_twin_has_the_formulas_the_code_and_the_descriptions(site: Path, book: dict[str, Page]) -> None:
    for name, page in book.items():
        twin = (site / name).with_suffix(".md").read_text("utf-8")
        assert f'<link rel="alternate" type="text/markdown" href="{Path(name).stem}.md">' in page.text
        assert "CC BY 4.0" in twin.splitlines()[0]
        assert twin.count("$$") == 2 * page.text.count('class="katex-display"')
        prose = re.sub(r"```.*?```|`[^`]*`", "", twin, flags=re.S)
        assert not re.search(r"</?(?:span|div|math|svg|details|section)\b", prose), name
        for alt in re.findall(r'<svg aria-label="([^"]*)"', page.text):
            assert html.unescape(alt).replace("\xa0", " ") in twin
        if "notebooks/" in name:
            source = site / name.replace("notebooks/", "_sources/notebooks/").replace(".html", ".ipynb")
            for cell in nbformat.read(source, 4).cells:
                assert cell.cell_type != "code" or cell.source.strip() in twin, cell.id


def test_the_list_of_twins_names_each_once_and_the_licence(site: Path, book: dict[str, Page]) -> None:
    for folder in ("", "zh/"):
        text = (site / folder / "llms.txt").read_text("utf-8")
        listed = re.findall(r"\]\((?:https:.*?/kl/(?:zh/)?)?(\S+\.md)\): \S", text)
        here = [name.removeprefix("zh/") for name in book if name.startswith("zh/") == bool(folder)]
        assert sorted(listed) == sorted(name.replace(".html", ".md") for name in here)
        assert "CC BY 4.0" in text


def test_each_section_leads_to_a_report_that_names_it(book: dict[str, Page]) -> None:
    for name, page in book.items():
        links = re.findall(SECTION_WITH_REPORT, page.text, re.S)
        headings = re.findall(r"<h[2-6]>", page.text.partition("<article>")[2].partition("</article>")[0])
        assert len(links) == (len(headings) if "/issues/new?" in page.text else 0), name
        for place, link in links:
            said = parse_qs(urlparse(html.unescape(link)).query)["body"][0]
            assert f"{posixpath.basename(name)}#{place}" in said and DAYS[0] in said
            assert ("中文版" if name.startswith("zh/") else "English edition") in said


def test_figures_are_numbered_in_order_in_both_languages(book: dict[str, Page]) -> None:
    caption = r'<figcaption[^>]*>\s*(?:<span class="caption-number">(.*?)</span>)?'
    for name, page in book.items():
        if "notebooks/" in name:
            word = "图" if name.startswith("zh/") else "Figure"
            chapter = posixpath.basename(name).partition("-")[0].lstrip("0")
            captions = re.findall(caption, page.text)
            assert captions == [f"{word} {chapter}.{n + 1}" for n in range(len(captions))], name


def test_faults_in_a_page_fail_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plants one fault of each kind and sees each reported; besides, names a repository."""
    monkeypatch.setenv("BOOK_REPOSITORY", "https://gitlab.example.org/a/book/")
    source, output = tmp_path / "source", tmp_path / "output"
    (source / "book").mkdir(parents=True)
    repository = Path(__file__).resolve().parents[2]
    for name in ("_config.yml", "press", "book/_static", "book/references.bib"):
        (source / name).symlink_to(repository / name)
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters: [{file: figure}]\n", "utf-8"
    )
    (source / "book" / "index.md").write_text(
        "# Faults\n\n$\\frac{1$ and $\\notacommand$ and $\\mathfrak{a}$\n\n[nowhere](#nowhere)\n",
        "utf-8",
    )
    shown = new_output(
        "display_data", data={"text/html": '<div class="kl-figure"><svg role="img"></svg></div>'}
    )
    figure = new_code_cell("show(fig)", execution_count=1, outputs=[shown])
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Figure"), figure]), source / "figure.ipynb")
    assert start(source, output, tmp_path / "build.log").wait() != 0
    page = (output / "_build" / "html" / "figure.html").read_text("utf-8")
    assert 'href="https://gitlab.example.org/a/book"' in page
    title, description = "issue%5Btitle%5D=Figure:+", "issue%5Bdescription%5D=On+/figure.html%2C+English+"
    assert f"/-/issues/new?{title}&amp;{description}" in page
    log = (tmp_path / "build.log").read_text("utf-8")
    for said in (
        "a formula that KaTeX cannot set",
        "a command that KaTeX does not know: \\notacommand",
        "letters of a face that THIRD-PARTY.md does not list: mathfrak",
        "shows a figure that is not described",
        "shows a figure without caption",
    ):
        assert said in log
