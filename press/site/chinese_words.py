"""Say on Chinese pages, as the book says it, what other extensions say in English or in other words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

INSTEAD = {
    r"Link to this heading": "此标题的链接",
    r"Link to this definition": "此定义的链接",
    r"Link to this term": "此术语的链接",
    r"Permalink to this equation": "此公式的链接",
    r"\b练习 (?=\d)": "习题 ",
    # What stays English says so: docstrings, and what is cited.
    r'<(dl|div) (class="(?:py |citation"))': r'<\1 lang="en" \2',
    # Titles stand in full-width parentheses, without a space; the solution stands behind what it solves.
    r'("admonition-title"><span class="caption-number">[^<]*?) ?</span> ?[(（](.*)[)）]</p>': r"\1</span>（\2）</p>",
    r"<summary>解答 (习题 [\d.]+) \((.*)\)</summary>": r"<summary>\1（\2）的解答</summary>",
}


def instead(body: str) -> str:
    """Return a page with these words exchanged.

    >>> instead("<summary>解答 练习 1.1 (镜像)</summary>")
    '<summary>习题 1.1（镜像）的解答</summary>'
    """
    for found, better in INSTEAD.items():
        body = re.sub(found, better, body)
    return body


def exchange(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Look at each page of the Chinese edition before it is written."""
    if app.config.language == "zh_CN" and "body" in context:
        context["body"] = instead(context["body"])


def plain_translations(app: Any, exception: Exception | None) -> None:
    """Let search speak Chinese without evaluating a rule for plurals, which the pages' policy forbids: it has none."""
    if exception or app.config.language != "zh_CN" or app.builder.format != "html":
        return
    path = Path(app.outdir, "_static", "translations.js")
    called, catalogue = path.read_text("utf-8").split("(", 1)
    if called == "Documentation.addTranslations":
        path.write_text(
            f"Object.assign(Documentation.TRANSLATIONS, ({catalogue.strip().removesuffix(');')}).messages);\n"
            "Documentation.PLURAL_EXPR = () => 0;\n",
            "utf-8",
        )


def setup(app: Any) -> dict[str, bool]:
    """Come after all others."""
    app.connect("html-page-context", exchange, priority=950)
    app.connect("build-finished", plain_translations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
