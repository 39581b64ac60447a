"""Mark words of another language, so that browsers choose the right font and screen readers the right voice.

{zh}`散度` in the English edition, {en}`divergence` in the Chinese one.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes

LANGUAGES = ("zh", "en")


class kl_foreign(nodes.Inline, nodes.TextElement):
    """Words of the language `lang`."""


def role(name: str, rawtext: str, text: str, *args: Any, **kwargs: Any) -> tuple[list[nodes.Node], list[Any]]:
    """Make the words."""
    return [kl_foreign(rawtext, text, lang=name)], []


def visit(translator: Any, node: nodes.Element) -> None:
    """Write the start of the element."""
    translator.body.append(translator.starttag(node, "span", "", lang=node["lang"]))


def depart(translator: Any, node: nodes.Element) -> None:
    """Write its end."""
    translator.body.append("</span>")


def setup(app: Any) -> dict[str, bool]:
    """Register the node, and a role for each language."""
    app.add_node(kl_foreign, html=(visit, depart))
    for language in LANGUAGES:
        app.add_role(language, role)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
