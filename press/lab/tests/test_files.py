"""The lab is made of the files that its list asks for, or of none: needs no lab and no network."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from press.lab import fetch
from press.lab.distribution import closure, trimmed, wheels

CONTENT = b"the right file"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "files.toml"
    path.write_text(
        '[library]\ndrop = []\n[sources.nowhere]\nnpm = "no-such-package@0.0.0"\nfolder = ""\n'
        f'[[files]]\nname = "a.bin"\nsha256 = "{SHA256}"\nlicence = "MIT"\nsources = ["nowhere"]\n',
        "utf-8",
    )
    return path


@pytest.fixture
def local(tmp_path: Path) -> Path:
    folder = tmp_path / "local"
    folder.mkdir()
    return folder


def test_a_local_folder_comes_before_any_package(listed: Path, local: Path, tmp_path: Path) -> None:
    (local / "a.bin").write_bytes(CONTENT)
    assert fetch.fetch(tmp_path / "files", local, listed) == [f"a.bin from {local}"]
    assert (tmp_path / "files" / "a.bin").read_bytes() == CONTENT
    assert fetch.fetch(tmp_path / "files", None, listed) == [], "what is there is not fetched again"


def test_a_wrong_file_is_refused_from_a_folder_and_among_what_was_fetched(
    listed: Path, local: Path, tmp_path: Path
) -> None:
    (local / "a.bin").write_bytes(CONTENT + b"!")
    with pytest.raises(fetch.Wrong, match=rf"a\.bin from .*local should have the SHA-256 {SHA256[:8]}"):
        fetch.fetch(tmp_path / "files", local, listed)
    assert not (tmp_path / "files" / "a.bin").exists()
    (tmp_path / "files" / "a.bin").write_bytes(b"planted")
    with pytest.raises(fetch.Wrong, match="refused"):
        fetch.fetch(tmp_path / "files", None, listed)


def test_a_file_that_no_source_has_is_named_with_what_each_said(
    listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no npm
    with pytest.raises(fetch.Wrong, match=r"a\.bin cannot be had\. no-such-package@0\.0\.0: npm is missing"):
        fetch.fetch(tmp_path / "files", None, listed)


def test_every_file_of_the_list_has_a_source_a_licence_and_its_dependencies() -> None:
    files, sources = fetch.read()
    packages = {fetch.canonical(file.name.split("-")[0]) for file in files}
    for file in files:
        assert file.sources and set(file.sources) <= sources.keys(), file.name
        assert file.licence and len(file.sha256) == 64, file.name
        assert set(file.depends) <= packages, file.name


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        for name in names:
            files.writestr(name, "")
    return out.getvalue()


def names(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_a_wheel_loses_its_tests_and_what_the_list_names() -> None:
    content = archive("p/__init__.py", "p/tests/test_a.py", "p/lexers/c.py", "p/lexers/python.py")
    assert names(trimmed(content, ["p/lexers/*"], ["*/python.py"])) == ["p/__init__.py", "p/lexers/python.py"]


def test_a_file_is_replaced_by_what_the_list_says_and_one_that_is_not_there_is_named() -> None:
    content = archive("p/__init__.py", "p/terminal.py")
    changed = trimmed(content, [], [], [("p/terminal.py", "embed = None\n")])
    assert zipfile.ZipFile(io.BytesIO(changed)).read("p/terminal.py") == b"embed = None\n"
    assert trimmed(content, []) == trimmed(content, [])
    with pytest.raises(KeyError, match=r"has no p/gone\.py"):
        trimmed(content, [], [], [("p/gone.py", "")])


def test_a_part_for_some_notebooks_is_a_package_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "p-1-py3-none-any.whl").write_bytes(
        archive("p/__init__.py", "p/big/a.py", "p/big/tests/b.py")
    )
    file = fetch.File("p-1-py3-none-any.whl", "", "", (), later=("p/big/*",))
    first, later = wheels(tmp_path, [file])
    assert names(trimmed(first.content, first.drop, first.keep)) == ["p/__init__.py"]
    itself = "p_later-1.dist-info/METADATA"
    assert names(trimmed(later.content, later.drop, later.keep)) == ["p/big/a.py", itself]
    assert (later.name, later.depends, later.imports) == ("p_later-1-py3-none-any.whl", ("p",), ("p.big",))


def test_dependencies_are_followed_to_the_end() -> None:
    lock = {
        "packages": {
            "a": {"depends": ["b"]},
            "b": {"depends": ["c", "a"]},
            "c": {"depends": []},
            "d": {"depends": []},
        }
    }
    assert closure(lock, ["a"]) == ["a", "b", "c"]
