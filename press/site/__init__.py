"""The site: one extension of Sphinx. What it does to a page stands here, in the order in which it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from press.site import (
    accounts,
    addresses,
    assets,
    blocks,
    captions,
    elsewhere,
    maths,
    minutes,
    plain_text,
    terms,
    wheel,
)
from press.site.editions import EDITIONS, Page

BEFORE_READING = [
    addresses.set_addresses,
    addresses.note_surroundings,
    assets.note_what_makes_pages,
]
WHILE_READING = (
    ("source-read", wheel.name_wheel),
    ("source-read", minutes.write_minutes),
    ("source-read", accounts.write_accounts),
    ("autodoc-process-docstring", blocks.keep_initials),
    ("doctree-read", accounts.add_cell_anchors),
    ("doctree-read", captions.number_figures),  # by these anchors
    ("env-get-outdated", terms.renew_chapters),
)


class BeforeFolds(SphinxPostTransform):
    """What is done to a page's document while its blocks still are what they were in the source."""

    default_priority = 150  # after sphinx-exercise has set its titles (22), before others fold blocks (199)
    formats = ("html",)
    steps: ClassVar[list[Callable[[nodes.document, Any], None]]] = [
        blocks.fold_dropdowns,
        accounts.gather_checks,
        blocks.mark_exercises,
    ]

    def run(self, **kwargs: Any) -> None:
        """Take the steps."""
        for step in self.steps:
            step(self.document, self.env)


class AfterReferences(BeforeFolds):
    """What is done when outputs have been chosen and references resolved."""

    default_priority = 250
    steps: ClassVar = [
        captions.caption_figures,
        terms.link_terms,  # after captions are captions, before full stops join formulas
        blocks.tidy_blocks,
        maths.keep_closing_signs,
    ]


HTML_STEPS = [
    terms.replace_words,
    plain_text.write_texts,  # with the LaTeX
    maths.finish_formulas,
    blocks.correct_blocks,
    accounts.mark_claims,  # whose names others have changed
    captions.share_shapes,
    addresses.report_sections,
    assets.warn_of_faults,
]
FOR_THE_TEMPLATE = [
    assets.choose_files,  # which depends on the HTML
    elsewhere.describe_elsewhere,
    elsewhere.cite,
    plain_text.link_twin,
    addresses.link_editions,
    addresses.link_surroundings,
]
WHEN_ALL_IS_WRITTEN = [
    assets.remove_unused,
    captions.copy_explorables,
    assets.drop_comments,
    addresses.copy_surroundings,
    wheel.put_wheel,
    elsewhere.write_feed_and_map,
    plain_text.write_lists,
    maths.subset_fonts,
]


def prepare(app: Any, config: Any) -> None:
    """Settle what depends on the language and on the environment."""
    config.html_theme_options = {}  # Jupyter Book hands in what its own theme knows
    for step in BEFORE_READING:
        step(config)


def finish_page(
    app: Any, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Change the HTML of a page, and give the template what it needs besides."""
    page = Page(app, name, context, doctree)
    if "body" in context:
        for change in HTML_STEPS:
            context["body"] = change(context["body"], page)
    context["say"], context["keys"] = page.edition.words["layout"], page.edition.words["keys"]
    for step in FOR_THE_TEMPLATE:
        context.update(step(page))


def finish_site(app: Any, exception: Exception | None) -> None:
    """Add and remove files of the built site."""
    if not exception and app.builder.format == "html":
        for step in WHEN_ALL_IS_WRITTEN:
            step(app)


def setup(app: Any) -> dict[str, bool]:
    """Register all of it, after what other extensions do."""
    maths.use_own_node()
    for name in ("sphinx.ext.autodoc", "sphinx.ext.napoleon", "notfound.extension"):
        app.setup_extension(name)
    app.add_config_value("kl_made_with", "", "env")
    app.add_config_value("kl_around", {}, "html")
    app.add_config_value("comments_config", {}, "")  # which Jupyter Book sets in any case
    app.add_builder(addresses.PagesAtRoot, override=True)
    app.add_node(blocks.html_element, html=(blocks.visit_html_element, blocks.depart_html_element))
    for language in EDITIONS:
        app.add_role(language, terms.foreign_words)
    app.add_directive("explorable", captions.Explorable)
    for name in assets.STYLES:
        app.add_css_file(name, priority=900)
    for name in assets.SCRIPTS:
        app.add_js_file(name, type="module", priority=901)
    app.connect("config-inited", prepare)
    for event, handler in WHILE_READING:
        app.connect(event, handler)
    app.add_post_transform(BeforeFolds)
    app.add_post_transform(AfterReferences)
    app.connect("html-page-context", finish_page, priority=900)
    app.connect("build-finished", finish_site, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
