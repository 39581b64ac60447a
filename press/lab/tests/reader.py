"""What a reader of the lab does, for the tests."""

from __future__ import annotations

import re
import time
from typing import Any

import nbformat
from playwright.sync_api import BrowserContext, Locator, Page, expect

FOLDER = "/book/"  # a path below which the site is served: the harder case
PATIENCE = 120_000  # milliseconds: the machine may be busy with other tests
IN_STORE = """([path, change]) => new Promise((resolve, reject) => {
  const opened = indexedDB.open("JupyterLite Storage - FOLDERlab/");
  opened.onerror = () => reject(opened.error);
  opened.onsuccess = () => {
    if (!opened.result.objectStoreNames.contains("files")) return resolve(null);
    const files = opened.result.transaction("files", "readwrite").objectStore("files");
    const asked = files.get(path);
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      if (change) files.put(Object.assign(asked.result, change), path);
      opened.result.close();
      resolve(asked.result ?? null);
    };
  };
})""".replace("FOLDER", FOLDER)


def visit(context: BrowserContext, address: str, notebook: str) -> Page:
    """Open a notebook in the lab."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}lab/notebooks/index.html?path={notebook}")
    return page


def python_runs(page: Page) -> Page:
    """Wait until Python runs."""
    page.wait_for_function("performance.getEntriesByName('lab-python').length > 0", timeout=PATIENCE)
    return page


def opened(context: BrowserContext, address: str, notebook: str) -> Page:
    """Open a notebook in the lab and wait until its Python runs."""
    return python_runs(visit(context, address, notebook))


def becomes_true(page: Page, script: str) -> None:
    """Wait until what an asynchronous function of JavaScript answers is true.

    For Page.wait_for_function its promise would be true already.
    """
    until = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(script):
        assert time.monotonic() < until, f"not true: {script}"
        page.wait_for_timeout(200)


def snapshot_is_kept(page: Page) -> None:
    """Wait until a later visit can go on from the Python that runs here."""
    becomes_true(page, "async () => (await (await caches.open('lab-python')).keys()).length === 3")


def opened_again(context: BrowserContext, address: str, notebook: str) -> Page:
    """Open a notebook as on a later visit: the browser keeps files and a snapshot of Python."""
    first = opened(context, address, notebook)
    snapshot_is_kept(first)
    first.close()
    return opened(context, address, notebook)


def choose(page: Page, menu: str, command: str) -> None:
    """Choose a command from a menu; menus are named in the reader's language."""
    page.locator(".lm-MenuBar-item", has_text=re.compile(menu)).click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def type_and_run(page: Page, code: str) -> Locator:
    """Write `code` into a new cell at the top, and run it; return the cell."""
    page.locator(".jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    cell = page.locator(".jp-CodeCell").first
    cell.locator(".cm-content").fill(code)
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"), timeout=PATIENCE)
    return cell


def saved(page: Page, notebook: str, change: dict[str, Any] | None = None) -> nbformat.NotebookNode:
    """Save the notebook as a reader does; return what the browser then holds, after a change of it."""
    page.keyboard.press("Control+s")
    for _ in range(20):  # a busy machine takes its time
        page.wait_for_timeout(500)
        if found := page.evaluate(IN_STORE, [notebook, change]):
            return nbformat.from_dict(found["content"])
    raise TimeoutError(f"{notebook} has not been saved")


def ran(page: Page, notebook: str, seconds: int = 600) -> nbformat.NotebookNode:
    """Run all cells; return the notebook once each has run, or one has failed."""
    choose(page, "^(Edit|编辑)", "editmenu:clear-all")  # so that a number means: it ran here
    choose(page, "^(Run|运行)", "runmenu:run-all")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page.wait_for_timeout(2000)
        nb = saved(page, notebook)
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        failed = any(output.output_type == "error" for cell in code for output in cell.outputs)
        if failed or all(cell.execution_count for cell in code):
            return nb
    raise TimeoutError(f"{notebook} has not run to its end in {seconds} seconds")
