"""What is seen of the site elsewhere: how a page is cited, the card of a link to it, the feed of changes, the map.

Feed and map consist of whole addresses: they are made where BOOK_URL says what these are.
"""

from __future__ import annotations

import base64
import io
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import matplotlib
import yaml
from markdown_it import MarkdownIt
from PIL import Image, ImageDraw, ImageFont, ImageOps

from press.site.addresses import link_editions
from press.site.claims import CHAPTERS, read_cells
from press.site.editions import ROOT, Page, edition

CARD, CARDS = "_static/social-card.png", "_static/cards"
SIZE, MARGIN, LETTERS, COLOURS = (1200, 630), 60, (30, 58), 48  # of a card; few colours weigh little
CHANGES, FEED, MAP = "book/changes", "feed.xml", "sitemap.xml"
DAY = re.compile(r"^### (\d{4}-\d\d-\d\d)\n(.*?)(?=^#|\Z)", re.M | re.S)


def note_citation(config: Any) -> None:
    """Note which version this is, and of when, so that all pages are written anew when it changes."""
    stated = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    config.kl_cited = {"version": stated["version"], "date": str(stated["date-released"])}


# --- what the template gets ---


def cite(page: Page) -> dict[str, Any]:
    """Return what a citation of the page says, and where the feed is."""
    config = page.app.config
    about = {"book": config.html_title, "author": config.author, "address": page.address}
    key = f"kl-{page.edition.code[:2]}-{Path(page.name).name}"
    return {
        "cited": config.kl_cited | about | {"title": page.title, "key": key},
        "feed": page.up_here + FEED if page.address else None,
        "changes": page.link(CHANGES) if CHANGES in page.app.env.found_docs else None,
    }


def link_card(page: Page) -> dict[str, Any]:
    """Return the tags of the head that show the page's card: a chapter's is its title and its first figure."""
    card, alt = CARD, ""
    notebook = Path(page.app.srcdir, f"{page.name}.ipynb")
    for cell in read_cells(notebook) if page.name.startswith(CHAPTERS) and notebook.exists() else []:
        pictures = [output.get("data", {}).get("image/png") for output in cell.get("outputs", [])]
        if any(pictures) and "alt" in cell["metadata"]:
            card, alt = f"{CARDS}/{notebook.stem}.png", cell["metadata"]["alt"]
            picture = base64.b64decode("".join(next(filter(None, pictures))))
            target = Path(page.app.outdir, card)
            target.parent.mkdir(parents=True, exist_ok=True)
            lines = (page.app.config.html_title, page.title)
            draw(lines, picture, page.edition.words["card"]["faces"]).save(target, optimize=True)
            break
    tags = {"og:image": urljoin(page.app.config.html_baseurl, card), "og:image:alt": alt}
    return {"page_meta": page.context["page_meta"] + [tag for tag in tags.items() if tag[1] and page.doctree]}


def draw(lines: tuple[str, str], picture: bytes, faces: str) -> Image.Image:
    """Return a card: the picture below two lines, or alone where the machine has none of the faces."""
    card = Image.new("RGB", SIZE, "white")
    letters, top = typeface(faces), MARGIN // 2
    for line, size, colour in zip(lines, LETTERS, ("dimgrey", "black"), strict=True):
        if letters is None:
            break
        ImageDraw.Draw(card).text((MARGIN, top), line, colour, letters.font_variant(size=size))
        top += size * 4 // 3
    room = (SIZE[0] - 2 * MARGIN, SIZE[1] - top - MARGIN)
    figure = ImageOps.contain(Image.open(io.BytesIO(picture)).convert("RGB"), room, Image.Resampling.LANCZOS)
    card.paste(figure, ((SIZE[0] - figure.width) // 2, top + (SIZE[1] - top - figure.height) // 2))
    return card.quantize(COLOURS)


@cache
def typeface(faces: str) -> ImageFont.FreeTypeFont | None:
    """Return the first of these files, each with a number of a face in it, that matplotlib or the system has.

    >>> typeface("nowhere.ttf 0, STIXGeneral.ttf 0").getname()[0]
    'STIXGeneral'
    """
    for name, number in (face.split() for face in faces.split(", ")):
        for folder in (Path(matplotlib.get_data_path(), "fonts", "ttf"), Path()):
            with suppress(OSError):
                return ImageFont.truetype(str(folder / name), index=int(number))
    return None


# --- when all is written ---


def write_feed(app: Any) -> None:
    """Write the days of the changelog as an Atom feed, newest first."""
    if "://" in app.config.html_baseurl:
        days = DAY.findall(Path(app.srcdir, "CHANGELOG.md").read_text("utf-8"))
        entries = [(day, MarkdownIt().render(text)) for day, text in sorted(days, reverse=True)]
        _write(app, FEED, entries=entries, changes=app.builder.get_target_uri(CHANGES))


def write_map(app: Any) -> None:
    """Write where each page is, in both languages."""
    editions = [link_editions(Page(app, name, {}, None))["editions"] for name in sorted(app.env.found_docs)]
    if "://" in app.config.html_baseurl and all(editions) and not edition(app.config).folder:
        _write(app, MAP, pages=editions)


def _write(app: Any, name: str, **context: Any) -> None:
    config, say = app.config, edition(app.config).words["layout"]
    context |= {"base": config.html_baseurl, "author": config.author, "book": config.html_title, "say": say}
    text = app.builder.templates.render(name, context | {"language": edition(config).code})
    Path(app.outdir, name).write_text(text, "utf-8")
