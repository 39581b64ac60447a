"""What readers answer on the page: exercises. Predictions are plain lists, of which answers.js makes buttons."""

from __future__ import annotations

import json
import re
from typing import Any

from docutils import nodes

from press.site.blocks import html_element
from press.site.editions import edition

ASKED = re.compile(r'check\("(?P<exercise>[\w-]+)", answer, "(?P<key>[^"]{8})"\)')


def box_answers(document: nodes.document, env: Any) -> None:
    """Put each cell that asks for an answer into a box, of which answers.js makes a field."""
    words = json.dumps(edition(env.config).words["answers"], ensure_ascii=False)
    for cell in list(document.findall(nodes.container)):
        asked = cell.get("nb_element") == "cell_code" and ASKED.search(cell.astext())
        if asked and not cell.get("hide_mode"):
            box = html_element("", "", tag="div", classes=["kl-answer-box"])
            box["attributes"] = {
                "data-exercise": asked["exercise"],
                "data-key": asked["key"],
                "data-words": words,
            }
            cell.parent.replace(cell, box)
            box += cell
