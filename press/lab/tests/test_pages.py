"""What the lab's pages are made of: one script out of many, and the settings of those plugins that are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from press.lab import distribution, pages
from press.lab.chunks import join


def test_chunks_are_joined_each_in_a_function_of_its_own_and_the_rest_stays(tmp_path: Path) -> None:
    written = {
        "build/1.abc.js": '"use strict";(self.rspackChunkA=self.rspackChunkA||[]).push([[1],{}]);',
        "build/2.abc.js": '/*! a licence */\n(self["webpackChunkA"]=self["webpackChunkA"]||[]).push([[2],{}]); // end',
        "build/loader.js": "var chunks=self.rspackChunkA;",
        "build/style.css": "body {}",
    }
    for name, content in written.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    name, joined = join(tmp_path, list(written))
    assert joined == ["build/1.abc.js", "build/2.abc.js"]
    script = (tmp_path / name).read_text("utf-8")
    assert script == "".join(f"(()=>{{{written[path]}\n}})();\n" for path in joined)
    assert name == join(tmp_path, list(written))[0], "the name tells the content"


def test_the_settings_of_plugins_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    names = ["@a/b:one", "@a/b:two", "@a/bc:one", "@a/c:one"]
    (tmp_path / "all.json").write_text(json.dumps([{"id": name} for name in names]), "utf-8")
    pages.without_schemas(tmp_path, ["@a/b", "@a/c:one"])
    assert json.loads((tmp_path / "all.json").read_text("utf-8")) == [{"id": "@a/bc:one"}]


def test_each_plugin_is_named_once() -> None:
    plugins = pages.disabled()
    assert len(plugins) == len(set(plugins)) > 30
    assert all(plugin.startswith("@") for plugin in plugins)


def test_every_notebook_begins_with_what_all_have_in_common() -> None:
    first = pages.first_of_all({"a": ["x", "y"], "b": ["y", "z"]}, {"a": ["m"], "b": ["m", "n"]})
    assert first == {"packages": ["y"], "modules": [*pages.KERNEL_MODULES, "m"]}


def test_a_change_of_pyodide_must_find_its_place() -> None:
    with pytest.raises(ValueError, match="once, but holds it 0 times"):
        distribution.replaced_once(b"another linker", *distribution.PLACED)
