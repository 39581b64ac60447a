"""The lab is made of the files that its list asks for, of one script, and of texts that lead somewhere."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import nbformat
import pytest

from press.lab import BOOK, fetch, notebooks
from press.lab.pyodide import trimmed, wheels
from press.notebooks.content import prose
from press.translation import chapters

CONTENT = b"the right file"
FILE = fetch.File("a.bin", hashlib.sha256(CONTENT).hexdigest(), "MIT", "nowhere")


def archive(content: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        for name, text in content.items():
            files.writestr(name, text)
    return out.getvalue()


def held(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        return {name: files.read(name) for name in files.namelist()}


def test_a_file_comes_out_of_its_package_once_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    target, package = tmp_path / "files", tmp_path / "packages" / "p-1-py3-none-any.whl"
    package.parent.mkdir()
    package.write_bytes(archive({"in/a.bin": CONTENT, "in/b.bin": b"another"}))
    sources = {"nowhere": {"pip": "p==1", "folder": "in/"}}
    fetch.fetch(target, [FILE], sources)
    assert (target / "a.bin").read_bytes() == CONTENT
    refused = r"{} from .* should have the SHA-256 {}.*refused"
    with pytest.raises(fetch.FetchError, match=refused.format(r"b\.bin", FILE.sha256[:8])):
        fetch.fetch(target, [FILE._replace(name="b.bin")], sources)
    assert not (target / "b.bin").exists()
    with pytest.raises(fetch.FetchError, match=r"p-1-py3-none-any\.whl holds no in/c\.bin"):
        fetch.fetch(target, [FILE._replace(name="c.bin")], sources)
    package.unlink()
    fetch.fetch(target, [FILE], sources)
    (target / "a.bin").write_bytes(b"planted")
    with pytest.raises(fetch.FetchError, match=refused.format(r"a\.bin", FILE.sha256[:8])):
        fetch.fetch(target, [FILE], sources)


def test_a_wheel_loses_its_tests_and_what_the_list_names_and_gets_what_it_says_instead() -> None:
    names = ("p/__init__.py", "p/tests/test_a.py", "p/lexers/c.py", "p/lexers/python.py")
    content = archive(dict.fromkeys(names, b""))
    left = trimmed(content, ["p/lexers/*"], ["*/python.py"], {"p/__init__.py": "embed = None\n"})
    assert held(left) == {"p/__init__.py": b"embed = None\n", "p/lexers/python.py": b""}
    with pytest.raises(KeyError, match=r"has no p/gone\.py"):
        trimmed(content, instead={"p/gone.py": ""})


def test_a_part_for_some_notebooks_is_a_package_of_its_own(tmp_path: Path) -> None:
    whole = archive(dict.fromkeys(("p/__init__.py", "p/big/a.py", "p/big/tests/b.py"), b""))
    (tmp_path / "p-1-py3-none-any.whl").write_bytes(whole)
    first, later = wheels(tmp_path, [fetch.File("p-1-py3-none-any.whl", "", "", later=["p/big/*"])])
    assert [*held(first.content)] == ["p/__init__.py"]
    assert [*held(later.content)] == ["p/big/a.py", "p_later-1.dist-info/METADATA"]
    assert (later.name, later.depends, later.imports) == ("p_later-1-py3-none-any.whl", ("p",), ("p.big",))


@pytest.mark.parametrize("edition", BOOK["editions"])
def test_nothing_is_left_that_the_lab_cannot_find(edition: str) -> None:
    read = chapters(edition)
    known, cited = notebooks.labels(read), notebooks.works()
    for name, nb in read.items():
        for cell in prose(nb):
            source = notebooks.fitted(cell.source, name, known, cited)
            assert "{cite:" not in source
            here = {label for label, target in known.items() if target.chapter == name}
            assert {*notebooks.REFERENCE.findall(source)} <= here


def test_stored_texts_are_whole_and_what_the_site_hides_is_hidden(tmp_path: Path) -> None:
    for path in notebooks.stage(tmp_path):
        for cell in json.loads((tmp_path / path).read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                shown = {"text": output.get("text", ""), **output.get("data", {})}
                assert not [mime for mime, value in shown.items() if isinstance(value, list)], cell["id"]
                assert "\n," not in shown["text"], cell["id"]
            hides = [tag for tag in cell["metadata"].get("tags", []) if tag.startswith("hide-")]
            assert cell["metadata"].get("jupyter", {}) == {
                "hide-cell": {"source_hidden": True, "outputs_hidden": True},
                "hide-input": {"source_hidden": True},
            }.get("".join(hides), {}), cell["id"]


def test_what_has_a_number_has_that_of_the_site() -> None:
    block = "```{{{}}} Title\n:label: {}\nText.\n```"
    kinds = (("prf:theorem", "thm-a"), ("exercise", "ex-a"), ("prf:lemma", "lem-a"), ("prf:theorem", "thm-b"))
    second = nbformat.v4.new_notebook()
    sources = [*(block.format(*kind) for kind in kinds), "$$x$$ (eq-a)", "(here)=\n## Here"]
    second.cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    assert notebooks.labels({"A1-one": second, "02-two": second}) == {
        "here": ("02-two", "", ""),
        "thm-a": ("02-two", "2.1", "Theorem 2.1"),
        "lem-a": ("02-two", "2.1", "Lemma 2.1"),
        "thm-b": ("02-two", "2.2", "Theorem 2.2"),
        "ex-a": ("02-two", "2.1", "Exercise 2.1"),
        "eq-a": ("02-two", "2.1", "(2.1)"),
    }
    assert notebooks.labels({"A1-one": second})["thm-b"].name == "Theorem 2"
