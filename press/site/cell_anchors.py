"""Give every code cell of a page the anchor `cell-<id of the cell>`, which stays when text is moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes


def add_anchors(app: Any, doctree: nodes.document) -> None:
    """Put the ids of the notebook's cells on their containers."""
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix == ".ipynb":
        cells = json.loads(source.read_text("utf-8"))["cells"]
        for container in doctree.findall(nodes.container):
            if container.get("nb_element") == "cell_code":
                container["ids"].append(f"cell-{cells[container['cell_index']]['id']}")


def setup(app: Any) -> dict[str, bool]:
    """Look at every page that was read."""
    app.connect("doctree-read", add_anchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
