"""Explorables in JupyterLab: the picture before the notebook is trusted, then the widget, and Python on both ends."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import nbformat
import pytest
import urllib3
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, expect
from urllib3.util import Retry

from press.claims.refresh import refreshed
from press.notebooks.kernel import kernel_environment

CELLS = [
    "from klhelpers.widgets import Bars, Landscape\nbars, terrain = Bars(), Landscape()",
    "bars",
    "terrain",
    'print("read", round(bars.q[0], 3), terrain.guess, round(terrain.mu, 3))',
    'bars.p = bars.q\nterrain.means = [-1, 5]\nprint("driven")',
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on a folder with one notebook, whose outputs came from somewhere else."""
    home = tmp_path_factory.mktemp("lab")
    work = home / "work"
    work.mkdir()
    path = work / "drag.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in CELLS]), path)
    stored = refreshed(path).nb
    for cell in stored.cells:
        cell.execution_count = None  # so that a number means: it ran here
    nbformat.write(stored, path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folders = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    settings = {"ServerApp.ip": "127.0.0.1", "ServerApp.port": port, "ServerApp.root_dir": work,
                "IdentityProvider.token": "", "ServerApp.allow_root": True}  # fmt: skip
    options = [f"--{name}={value}" for name, value in settings.items()]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", *options],
        env={**kernel_environment(), **folders, "HOME": str(home), "PATH": os.environ["PATH"]},
    )
    try:
        address = f"http://127.0.0.1:{port}/lab/tree/drag.ipynb"
        urllib3.request("GET", address, retries=Retry(300, backoff_factor=0.2, backoff_max=0.2))
        yield address
    finally:
        server.terminate()
        server.wait(30)


def test_what_is_dragged_in_jupyterlab_is_read_and_driven_by_python(browser: Browser, lab: str) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 1400})
    page.set_default_timeout(60_000)
    page.goto(lab)
    picture = page.locator(".jp-RenderedHTML img")
    expect(picture).to_have_count(2, timeout=60_000)
    assert picture.evaluate_all(
        "all => all.every((i) => i.naturalWidth > 0 && i.getBoundingClientRect().width > 0)"
    )
    expect(page.locator(".jp-RenderedHTML svg")).to_have_count(0)

    run(page, 1, 2, 3)
    explorables = page.locator(".klx")
    expect(explorables).to_have_count(2, timeout=60_000)
    bars, terrain = explorables.all()
    bars.get_by_role("button", name="No, never").click()
    bar = bars.get_by_role("slider", name="q of outcome 1", exact=True)
    bar.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")  # which JupyterLab would take to go to another cell
    expect(bar).to_be_focused()
    expect(bar).to_have_attribute("aria-valuetext", "0.15")
    terrain.get_by_role("button", name="On the left peak").click()
    terrain.get_by_role("slider", name="Q on the map").focus()
    page.keyboard.press("ArrowRight")
    run(page, 4)
    expect(page.locator(".jp-OutputArea")).to_contain_text(["read 0.15 left 2.85"], timeout=60_000)

    run(page, 5)
    expect(bars.locator(".klx-sum")).to_contain_text("D(p‖q)0.000", timeout=60_000)
    expect(terrain.locator(".klx-minimum")).to_have_count(3)
    page.close()


def run(page: Page, *numbers: int) -> None:
    for number in numbers:
        kernel = page.locator(".jp-Notebook-ExecutionIndicator")
        expect(kernel).to_have_attribute("data-status", "idle", timeout=60_000)
        cell = page.locator(".jp-CodeCell").nth(number - 1)
        prompt = cell.locator(".jp-InputPrompt")
        for _ in range(5):  # a busy JupyterLab may lose a key
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
            with suppress(AssertionError):
                expect(prompt).not_to_have_text(re.compile(r"\[ \]"), timeout=10_000)
                break
        expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=60_000)
