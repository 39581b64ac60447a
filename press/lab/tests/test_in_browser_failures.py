"""What can fail in the lab is said in the page's language, with a way on; offline it works after the first visit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from press.lab.tests.reader import opened, python_runs, saved, snapshot_is_kept, type_and_run
from press.serve import Handler, running

FIRST = {"en": "en/02-properties.ipynb", "zh": "zh/02-properties.ipynb"}
NO_WASM = "Object.defineProperty(WebAssembly, 'Module', { value: function () { throw new EvalError('blocked'); } });"
NO_MEMORY = "WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };"
NO_STORAGE = (
    "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('denied'); } });"
)


def visit(context: BrowserContext, address: str, language: str, script: str) -> Page:
    page = context.new_page()
    page.add_init_script(script)
    page.goto(f"{address}lab/notebooks/index.html?path={FIRST[language]}")
    return page


@pytest.mark.parametrize(
    ("script", "language", "says"),
    [
        (NO_WASM, "en", "does not let pages run WebAssembly"),
        (NO_WASM, "zh", "不允许网页运行 WebAssembly"),
        (NO_MEMORY, "en", "too little memory"),
        (NO_MEMORY, "zh", "内存不足"),
    ],
)
def test_what_forbids_python_is_said_with_a_way_on(
    context: BrowserContext, address: str, script: str, language: str, says: str
) -> None:
    page = visit(context, address, language, script)
    note = page.locator('.kl-lab-note[data-kind="failure"]')
    expect(note).to_contain_text(says)
    back = note.get_by_role("link").first
    back.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("02-properties.html")
    assert ("/zh/" in page.url) == (language == "zh")


def test_an_address_without_chapter_leads_back(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}lab/notebooks/index.html?path=en/none.ipynb")
    expect(page.locator(".kl-lab-note")).to_contain_text("names no chapter")


def test_without_storage_it_runs_and_says_that_nothing_is_kept(context: BrowserContext, address: str) -> None:
    page = visit(context, address, "en", NO_STORAGE)
    expect(page.locator('.kl-lab-note[data-kind="warning"]')).to_contain_text("keeps nothing")
    python_runs(page)


def test_after_a_first_visit_no_network_is_needed(context: BrowserContext, address: str) -> None:
    opened(context, address, FIRST["en"]).close()
    context.set_offline(True)
    page = opened(context, address, FIRST["en"])
    run_first_cell(page)


class WithoutScripts(Handler):
    def translate_path(self, path: str) -> str:
        return super().translate_path("/no such file" if "bundle.js" in path else path)


def test_what_cannot_be_loaded_says_so(site: Path, fresh: BrowserContext) -> None:
    with running(site, "/kl/", WithoutScripts) as address:
        page = fresh.new_page()
        page.goto(f"{address}lab/notebooks/index.html?path={FIRST['en']}")
        note = page.locator('.kl-lab-note[data-kind="failure"]')
        expect(note).to_contain_text("could not be loaded", timeout=60_000)
        expect(note.get_by_role("link").first).to_have_attribute("href", re.compile("/02-properties.html$"))


@pytest.mark.parametrize(
    "spoil",
    ["about.places[2][1] += 1", "about.files.find(({ size }) => size).size -= 1", "about.libraries.pop()"],
)
def test_a_snapshot_that_does_not_fit_is_given_up_and_python_starts(
    context: BrowserContext, address: str, spoil: str
) -> None:
    page = opened(context, address, FIRST["en"])
    snapshot_is_kept(page)
    page.evaluate(SPOIL.replace("SPOIL", spoil))
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    page.reload()
    python_runs(page)
    assert [text for text in said if "starts anew" in text]
    type_and_run(page, "print(6 * 7)")
    expect(page.locator(".jp-CodeCell").first).to_contain_text("42")
    said.clear()
    page.reload()
    python_runs(page)
    assert not [text for text in said if "starts anew" in text], "it is tried no second time"


SPOIL = """async () => {
  const cache = await caches.open("kl-lab-python");
  const part = (await cache.keys()).find(({ url }) => url.endsWith("&part=about"));
  const about = await (await cache.match(part)).json();
  SPOIL;
  await cache.put(part, Response.json(about));
}"""


def test_a_saved_copy_of_an_older_book_is_offered_and_kept(context: BrowserContext, address: str) -> None:
    page = opened(context, address, FIRST["en"])
    assert saved(page, "/kl/", FIRST["en"])
    page.evaluate(AGE, [FIRST["en"], "/kl/"])
    page.reload()
    note = page.locator('.kl-lab-note[data-kind="warning"]')
    expect(note).to_contain_text("The book has changed", timeout=60_000)
    note.get_by_role("button").first.click()
    expect(page.locator(".kl-lab-note", has_text="is kept as")).to_contain_text("en/02-properties-20")
    python_runs(page)


AGE = """([path, root]) => new Promise((resolve) => {
  const request = indexedDB.open(`JupyterLite Storage - ${root}lab/`);
  request.onsuccess = () => {
    const store = request.result.transaction("files", "readwrite").objectStore("files");
    const asked = store.get(path);
    asked.onsuccess = () => {
      asked.result.content.metadata.klbook.version = "older";
      store.put(asked.result, path).onsuccess = () => resolve(request.result.close());
    };
  };
})"""


def run_first_cell(page: Page) -> None:
    cell = page.locator(".jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"), timeout=300_000)
