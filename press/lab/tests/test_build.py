"""The lab is made of the files that its list asks for, of one script, and of texts that lead somewhere."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.utils import canonicalize_name

from press.lab import BOOK, TABLE, fetch, texts
from press.lab.distribution import trimmed, wheels
from press.translation import chapters

CONTENT = b"the right file"
FILE = fetch.File("a.bin", hashlib.sha256(CONTENT).hexdigest(), "MIT", "nowhere")
NOWHERE = {"nowhere": {"npm": "no-such-package@0.0.0", "folder": ""}}


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        for name in names:
            files.writestr(name, "")
    return out.getvalue()


def names(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_a_file_that_is_there_is_not_fetched_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "files"
    target.mkdir()
    (target / "a.bin").write_bytes(CONTENT)
    fetch.fetch(target, [FILE], NOWHERE)
    (target / "a.bin").write_bytes(b"planted")
    with pytest.raises(
        fetch.FetchError, match=rf"a\.bin from .*should have the SHA-256 {FILE.sha256[:8]}.*refused"
    ):
        fetch.fetch(target, [FILE], NOWHERE)


def test_a_file_comes_out_of_its_package_and_a_wrong_one_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    with zipfile.ZipFile(tmp_path / "packages" / "p-1-py3-none-any.whl", "w") as package:
        package.writestr("in/a.bin", CONTENT)
        package.writestr("in/b.bin", b"another")
    sources = {"nowhere": {"pip": "p==1", "folder": "in/"}}
    fetch.fetch(tmp_path / "files", [FILE], sources)
    assert (tmp_path / "files" / "a.bin").read_bytes() == CONTENT
    with pytest.raises(fetch.FetchError, match=r"b\.bin from nowhere should have"):
        fetch.fetch(tmp_path / "files", [FILE._replace(name="b.bin")], sources)
    assert not (tmp_path / "files" / "b.bin").exists()
    with pytest.raises(fetch.FetchError, match=r"p-1-py3-none-any\.whl holds no in/c\.bin"):
        fetch.fetch(tmp_path / "files", [FILE._replace(name="c.bin")], sources)


def test_every_file_of_the_list_has_a_source_a_licence_and_its_dependencies() -> None:
    files, sources, _ = fetch.read()
    packages = {canonicalize_name(file.name.split("-")[0]) for file in files}
    for file in files:
        assert file.source in sources or file.name.endswith(".whl"), file.name
        assert file.licence and len(file.sha256) == 64, file.name
        assert set(file.depends) <= packages, file.name


def test_a_wheel_loses_its_tests_and_what_the_list_names_and_gets_what_it_says_instead() -> None:
    content = archive("p/__init__.py", "p/tests/test_a.py", "p/lexers/c.py", "p/lexers/python.py")
    left = trimmed(content, ["p/lexers/*"], ["*/python.py"], [("p/__init__.py", "embed = None\n")])
    assert names(left) == ["p/__init__.py", "p/lexers/python.py"]
    assert zipfile.ZipFile(io.BytesIO(left)).read("p/__init__.py") == b"embed = None\n"
    with pytest.raises(KeyError, match=r"has no p/gone\.py"):
        trimmed(content, instead=[("p/gone.py", "")])


def test_a_part_for_some_notebooks_is_a_package_of_its_own(tmp_path: Path) -> None:
    whole = archive("p/__init__.py", "p/big/a.py", "p/big/tests/b.py")
    (tmp_path / "p-1-py3-none-any.whl").write_bytes(whole)
    first, later = wheels(tmp_path, [fetch.File("p-1-py3-none-any.whl", "", "", later=("p/big/*",))])
    assert names(first.content) == ["p/__init__.py"]
    assert names(later.content) == ["p/big/a.py", "p_later-1.dist-info/METADATA"]
    assert (later.name, later.depends, later.imports) == ("p_later-1-py3-none-any.whl", ("p",), ("p.big",))


def test_the_lab_says_the_same_in_every_language() -> None:
    english = TABLE["words"]["en"]
    for edition in BOOK["editions"].values():
        words = TABLE["words"][edition["locale"]]
        assert words.keys() - {"names"} == english.keys()
        for name, said in english.items():
            assert set(re.findall(r"\{\w+\}", words[name])) == set(re.findall(r"\{\w+\}", said)), name


@pytest.mark.parametrize("edition", BOOK["editions"])
def test_nothing_is_left_that_the_lab_cannot_find(edition: str) -> None:
    read = chapters(edition)
    known, cited = texts.labels(read), texts.works()
    led = 0
    for name, nb in read.items():
        for cell in (cell for cell in nb.cells if cell.cell_type == "markdown"):
            source = texts.fitted(cell.source, name, known, cited)
            assert "{cite:" not in source
            assert not [label for label in texts.REFERENCE.findall(source) if known[label].chapter != name]
            for page, label in re.findall(r"\]\(\.\./([\w/-]+\.html)#([\w-]+)\)", source):
                led += 1
                if page == BOOK["references"]["page"]:
                    assert label.removeprefix("cite-") in cited
                else:
                    assert page == f"{BOOK['chapters']}{known[label].chapter}.html"
    assert led > 20


def test_stored_texts_are_whole_and_what_the_site_hides_is_hidden(tmp_path: Path) -> None:
    for path in texts.stage(tmp_path):
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
    assert texts.labels({"A1-one": second, "02-two": second}) == {
        "here": ("02-two", "", ""),
        "thm-a": ("02-two", "theorem", "2.1"),
        "lem-a": ("02-two", "lemma", "2.1"),
        "thm-b": ("02-two", "theorem", "2.2"),
        "ex-a": ("02-two", "exercise", "2.1"),
        "eq-a": ("02-two", "equation", "2.1"),
    }
    assert texts.labels({"A1-one": second})["thm-b"].name == "Theorem 2"
