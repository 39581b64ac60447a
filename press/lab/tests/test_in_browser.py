"""What a reader does in the lab, what a visit costs, and what is said where something fails."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from press.lab import BOOK, ROOT
from press.notebooks.compare import FIGURE_MIME, differences
from press.notebooks.store import code_cells, normalised
from press.serve import Handler, running
from press.translation import chapters

FOLDER = "/book/"  # a path below which the site is served: the harder case
SITE = Path(os.environ.get("BOOK_SITE", ROOT / "_build" / "html"))
EXPLORABLE_MIME = "application/vnd.klbook.explorable+json"
PATIENCE = 120_000  # milliseconds: the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)
NOTEBOOKS = {f"{e}/{name}.ipynb": nb for e in BOOK["editions"] for name, nb in chapters(e).items()}
FIRST, SECOND, THIRD, *_, LAST = (name for name in NOTEBOOKS if name.startswith("en/"))
CHINESE = SECOND.replace("en/", "zh/")
PAGE = f"{BOOK['chapters']}{Path(SECOND).stem}.html"
SHOWN = "jupyterapp.shell.currentWidget.content"
SOURCE = f"{SHOWN}.activeCell.model.sharedModel"
SAVE = "jupyterapp.shell.currentWidget.context.save()"
SNAPSHOT = "lab-python", "kept.length === 3"
SLIDER = "from ipywidgets import interact\n@interact(x=(0, 10))\ndef show(x=3):\n    print('x is', x)"
# A start runs Python's main.
RESUMED = "import pyodide_js; print('resumed', bool(pyodide_js._module.noInitialRun))"
GONE = "for (const name of {}) Object.defineProperty(globalThis, name, {{ value: undefined }});"
NO_WORKERS, NO_CACHES = GONE.format(["Worker"]), GONE.format(["caches"])
NO_DOM_STORAGE = GONE.format(["localStorage"])
NO_WASM = "Object.defineProperty(WebAssembly, 'Module', { value: function () { throw new EvalError('blocked'); } });"
NO_MEMORY = "WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };"
# What is asked of the site first is the book's notebook, for its pictures.
NO_BOOK = (
    "{ const plain = fetch; fetch = () => ((fetch = plain), Promise.reject(new TypeError('no network'))); }"
)
NO_DATABASE = (
    "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('denied'); } });"
)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with running(SITE, FOLDER) as url:
        yield url


@pytest.fixture
def fresh(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a past."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PATIENCE)
    # MyST's messages hold the whole text each: Firefox stalls on telling them.
    context.add_init_script("console.debug = () => {}")
    yield context
    context.close()


@pytest.fixture
def context(fresh: BrowserContext, address: str) -> Iterator[BrowserContext]:
    """A browser without a past, which may ask nobody but the site."""
    elsewhere: list[str] = []
    inside = (address, "blob:", "data:")
    fresh.on("request", lambda request: request.url.startswith(inside) or elsewhere.append(request.url))
    yield fresh
    assert not elsewhere


def visit(context: BrowserContext, address: str, notebook: str) -> Page:
    """Open a notebook in the lab."""
    page = context.new_page()
    page.goto(f"{address}lab/notebooks/index.html?path={notebook}")
    return page


def python_runs(page: Page, mark: str = "lab-python") -> Page:
    """Wait until Python runs; by the mark `lab-kept`, until the browser keeps what a visit has loaded."""
    page.wait_for_function(f"performance.getEntriesByName('{mark}').length > 0")
    return page


def opened(context: BrowserContext, address: str, notebook: str) -> Page:
    """Open a notebook in the lab and wait until its Python runs."""
    return python_runs(visit(context, address, notebook))


def wait_for_cache(page: Page, name: str, is_whole: str) -> None:
    """Wait until the browser keeps what it should: `is_whole` says so in JavaScript, of `kept`, a list of requests."""
    script = f"async () => {{ const kept = await (await caches.open('{name}')).keys(); return {is_whole}; }}"
    until = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(script):  # for Page.wait_for_function the promise would be true already
        assert time.monotonic() < until, f"{name}: not {is_whole}"
        page.wait_for_timeout(200)


def opened_again(context: BrowserContext, address: str, notebook: str) -> Page:
    """Open a notebook as on a later visit: the browser keeps files and a snapshot of Python."""
    first = opened(context, address, notebook)
    python_runs(first, "lab-kept")
    wait_for_cache(first, *SNAPSHOT)
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
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"))
    return cell


def undrawn(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs without pictures of explorables, which the lab does not draw."""
    outputs = deepcopy(outputs)
    for data in (output.data for output in outputs if EXPLORABLE_MIME in output.get("data", {})):
        for kind in {FIGURE_MIME, "text/html"} & {*data}:
            del data[kind]
    return outputs


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_to_its_end_and_shows_what_is_stored(
    context: BrowserContext, address: str, name: str
) -> None:
    """The English on a first visit, the others on a later one, whose Python goes on from a snapshot."""
    page = (opened if name.startswith("en/") else opened_again)(context, address, name)
    choose(page, "^(Edit|编辑)", "editmenu:clear-all")  # so that what is seen then was made here
    choose(page, "^(Run|运行)", "runmenu:run-all")
    said = page.locator('.lab-note[data-kind="result"]')
    expect(said).to_be_visible(timeout=600_000)
    now = code_cells(normalised(nbformat.from_dict(page.evaluate(f"{SHOWN}.model.toJSON()"))))
    stored = code_cells(NOTEBOOKS[name])
    assert [cell.source for cell in now] == [cell.source for cell in stored]
    wrong = {
        before.id: (lines, [output.text for output in after.outputs if output.output_type == "stream"])
        for before, after in zip(stored, now, strict=True)
        if (lines := differences(*map(undrawn, (before.outputs, after.outputs))))
    }
    assert not wrong
    expect(said).to_contain_text(str(len(stored)))


def test_a_slider_moves_and_an_explorable_answers_python(context: BrowserContext, address: str) -> None:
    page = opened(context, address, FIRST)
    output = type_and_run(page, SLIDER).locator(".jp-OutputArea").first
    expect(output).to_contain_text("x is 3")
    output.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(output).to_contain_text("x is 4")

    type_and_run(page, "from klhelpers.widgets import Bars\nbars = Bars()\nbars")
    explorable = page.locator(".klx")  # the one that runs: those of the chapter are pictures yet
    explorable.get_by_role("button", name="No, never").click()
    bar = explorable.get_by_role("slider", name="q of outcome 1", exact=True)
    bar.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    expect(bar).to_have_attribute("aria-valuetext", "0.15")
    expect(type_and_run(page, "print('read', round(bars.q[0], 3))")).to_contain_text("read 0.15")
    type_and_run(page, "bars.p = bars.q")
    expect(explorable.locator(".klx-sum")).to_contain_text("D(p‖q)0.000")
    cell = page.locator(".jp-CodeCell", has=page.locator(".kl-explorable, .klx")).nth(1)
    cell.locator(".kl-explorable").click()  # the chapter's own, a picture yet
    page.evaluate(f"{SOURCE}.setSource({SOURCE}.source + '  # mine')")
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".klx")).to_be_visible()
    page.evaluate(SAVE)
    page.reload()
    python_runs(page)
    cell = page.locator(".jp-CodeCell", has=page.locator(".kl-explorable")).first
    expect(cell.locator("svg").first).to_be_visible()
    mine = page.evaluate(f"{SHOWN}.model.toJSON().cells.find(({{ source }}) => source.endsWith('# mine'))")
    assert "kl-explorable" in str(mine["outputs"]), "the book's picture, though the code is not the book's"
    for asleep in (cell, page.locator(".jp-CodeCell", has_text="bars = Bars()")):
        expect(asleep).to_contain_text("Run this cell to bring its drawing to life")
    expect(page.get_by_text("model not found")).to_have_count(0)


def test_the_button_of_a_chapter_fetches_and_opens_that_notebook_in_its_language(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}zh/{PAGE}")
    heading = page.locator("h1").inner_text().split("#")[0].strip()
    page.locator(".kl-launch").hover()
    wait_for_cache(page, "lab-files", "kept.some(({ url }) => url.includes('klhelpers-'))")
    page.locator(".kl-launch").click()
    expect(page.locator(".lab-note")).to_contain_text("回到本章")
    python_runs(page)
    expect(page.locator(".jp-MarkdownCell").first).to_contain_text(re.sub(r"^[\d.]+\s*", "", heading))


def test_a_first_visit_loads_what_the_button_says_and_a_second_nearly_nothing(fresh: BrowserContext) -> None:
    sent: dict[str, int] = {}

    class Weighing(Handler):
        def send_header(self, keyword: str, value: str) -> None:
            if keyword == "Content-Length":
                sent[self.path.partition("?")[0]] = int(value)
            super().send_header(keyword, value)

    with running(SITE, FOLDER, Weighing) as address:
        page = fresh.new_page()
        page.goto(f"{address}{PAGE}")
        said = int(re.findall(r"\d+", page.locator(".kl-lab small").inner_text())[0])
        page.close()
        sent.clear()
        python_runs(visit(fresh, address, SECOND), "lab-kept").close()
        assert sum(sent.values()) / 1e6 == pytest.approx(said, abs=1.0)
        assert said < 22, "no more than promised"
        assert not [path for path in sent if "scipy" in path], "the chapter does not import it"
        sent.clear()
        opened(fresh, address, SECOND).close()
        kept = {path: size for path, size in sent.items() if Path(SECOND).stem not in path}
        assert FOLDER + PAGE not in sent, "the lab is there before the chapter's page were read"
        expect(visit(fresh, address, THIRD).locator(".lab-chapter")).to_be_visible()
    assert sum(kept.values()) < 0.15e6, "besides the page and the notebook, which may have changed"


def test_python_can_be_started_anew_completes_names_and_says_that_nothing_is_installed(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address, SECOND)
    type_and_run(page, "import numpy as np\nkept = 1")
    choose(page, "^Kernel", "kernelmenu:restart")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(type_and_run(page, "print('kept' in globals())")).to_contain_text("False")
    first = type_and_run(page, "import numpy as np")
    page.keyboard.press("a")
    first.locator(".cm-content").fill("np.linalg.eigv")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    expect(page.locator(".jp-Completer")).to_contain_text("eigvalsh")
    page.keyboard.press("Escape")
    expect(type_and_run(page, "%pip install six")).to_contain_text("nothing can be installed")


def test_a_later_visit_goes_on_from_a_snapshot_and_chance_does_not(
    context: BrowserContext, address: str
) -> None:
    page = opened_again(context, address, SECOND)
    first = type_and_run(page, f"{RESUMED}; import numpy; print(numpy.linalg.det([[2, 1], [1, 3]]).round())")
    expect(first).to_contain_text("resumed True")
    expect(first).to_contain_text("5.0")
    draws = []
    for _ in range(2):
        page.reload()
        python_runs(page)
        first = type_and_run(page, "import random, numpy; print(random.random(), numpy.random.random())")
        draws += re.findall(r"0\.\d+", first.locator(".jp-OutputArea").inner_text())
    assert len({*draws}) == 4


TO_CELL = """async (word) => {
  const { content } = jupyterapp.shell.currentWidget;
  const at = content.widgets.findIndex(({ model }) => model.sharedModel.source.includes(word));
  content.activeCellIndex = at;
  for (let [now, before] = [0, null]; now !== before;) {  // what is drawn on the way moves the place
    await content.scrollToItem(at, "start");
    await new Promise((resolve) => setTimeout(resolve, 500));
    [now, before] = [content.widgets[at].node.getBoundingClientRect().top, now];
  }
}"""


@pytest.mark.parametrize(("edition", "folder"), [("en/", ""), ("zh/", "zh/")])
def test_numbers_are_those_of_the_site_and_what_stands_elsewhere_is_a_link(
    context: BrowserContext, address: str, edition: str, folder: str
) -> None:
    page = opened(context, address, THIRD.replace("en/", edition))
    expect(page.locator(".jp-TableOfContents")).to_be_visible()
    book = f"{address}{folder}{BOOK['chapters']}"
    site = context.new_page()
    site.goto(f"{book}{Path(THIRD).stem}.html")
    for label in ("thm-moments", "ex-switch", "equation-eq-moments"):
        shown = site.locator(f"#{label} :is(.caption-number, .eqno)").first.text_content() or ""
        name = label.removeprefix("equation-")
        page.evaluate(TO_CELL, f":label: {name}\n")
        expect(page.locator(f"#{name}")).to_contain_text(re.findall(r"[\w ]+\.\d+", shown)[0])
        expect(page.get_by_text(re.compile(r"^\(\d+\)$"))).to_have_count(0)
    page.evaluate(TO_CELL, "prop-exclusion")
    link = page.locator('.jp-MarkdownCell a[href*="#prop-exclusion"]').first
    expect(link).to_have_attribute("href", f"{book}{Path(LAST).stem}.html#prop-exclusion")
    with context.expect_page() as opens:
        link.click()
    expect(opens.value.locator("#prop-exclusion")).to_be_visible()


def test_the_menus_of_the_chinese_lab_are_chinese(context: BrowserContext, address: str) -> None:
    page = opened(context, address, CHINESE)
    bar = page.locator(".lm-MenuBar-item")
    assert bar.all_inner_texts() == ["文件", "编辑", "查看", "运行", "内核", "设置", "帮助"]
    # It comes late.
    page.wait_for_function("globalThis.jupyterapp.commands.hasCommand('docmanager:download')")
    bar.first.click()
    expect(page.locator('.lm-Menu-item[data-command="docmanager:download"]')).to_have_text("下载")
    page.keyboard.press("Escape")
    type_and_run(page, "6 * 7")
    titles = page.locator("[title]").evaluate_all("all => all.map(({ title }) => title)")
    english = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
    said = {title for title in titles if english.search(title) and not re.search("[㐀-鿿]", title)}
    assert said <= {"More commands"}  # of a toolbar that JupyterLab gives no translator


@pytest.mark.parametrize(
    ("name", "without", "says"),
    [
        (SECOND, NO_WASM, "Python needs WebAssembly"),
        (SECOND, NO_MEMORY, "Python needs 1 GB"),
        (CHINESE, NO_WORKERS, "需要 Web Workers"),
    ],
)
def test_what_forbids_python_is_said_with_a_way_on(
    context: BrowserContext, address: str, name: str, without: str, says: str
) -> None:
    context.add_init_script(without)
    page = visit(context, address, name)
    note = page.locator('.lab-note[data-kind="failure"]')
    expect(note).to_contain_text(says)
    note.get_by_role("link").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url == f"{address}{'zh/' * (name == CHINESE)}{PAGE}"


def test_an_address_without_chapter_leads_back(context: BrowserContext, address: str) -> None:
    expect(visit(context, address, "en/none.ipynb").locator(".lab-note")).to_contain_text("names no chapter")


@pytest.mark.parametrize(
    ("without", "says"),
    [
        (NO_DATABASE, ["withholds IndexedDB .* what you change is lost"]),
        (NO_CACHES, ["withholds Cache Storage .* needs the network"]),
        (NO_DOM_STORAGE, []),
    ],
)
def test_without_some_storage_it_runs_on_a_telephone_and_says_what_is_lost(
    context: BrowserContext, address: str, without: str, says: list[str]
) -> None:
    context.add_init_script(without)
    page = visit(context, address, SECOND)
    page.set_viewport_size({"width": 390, "height": 844})
    python_runs(page)
    notes = page.locator('.lab-note[data-kind="warning"]')
    expect(notes).to_have_text([re.compile(line) for line in says])
    expect(page.locator(".jp-TableOfContents")).to_be_hidden()


def test_after_a_first_visit_no_network_is_needed(context: BrowserContext, address: str) -> None:
    python_runs(visit(context, address, SECOND), "lab-kept").close()
    context.set_offline(True)
    expect(type_and_run(opened(context, address, SECOND), "print(6 * 7)")).to_contain_text("42")


def test_what_cannot_be_loaded_says_so(fresh: BrowserContext) -> None:
    class WithoutScripts(Handler):
        def translate_path(self, path: str) -> str:
            return super().translate_path("/no such file" if "bundle.js" in path else path)

    with running(SITE, FOLDER, WithoutScripts) as address:
        note = visit(fresh, address, SECOND).locator('.lab-note[data-kind="failure"]')
        expect(note).to_contain_text("could not be loaded")
        expect(note.get_by_role("link").first).to_have_attribute("href", address + PAGE)


SPOIL = """async () => {
  const cache = await caches.open("lab-python");
  const part = (await cache.keys()).find(({ url }) => url.endsWith("&part=about"));
  const about = await (await cache.match(part)).json();
  about.places[2][1] += 1;
  await cache.put(part, Response.json(about));
}"""


def test_a_snapshot_that_does_not_fit_is_given_up_and_python_starts(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address, SECOND)
    wait_for_cache(page, *SNAPSHOT)
    page.evaluate(SPOIL)
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    page.reload()
    python_runs(page)
    assert [text for text in said if "starts anew" in text]
    expect(type_and_run(page, "print(6 * 7)")).to_contain_text("42")
    said.clear()
    page.reload()
    python_runs(page)
    assert not [text for text in said if "starts anew" in text], "it is tried no second time"


def test_a_saved_copy_of_an_older_book_is_kept_beside_the_books(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address, SECOND)
    type_and_run(page, "from klhelpers.widgets import Bars\nBars()")
    page.evaluate(f"{SHOWN}.model.setMetadata('lab', {{ version: 'older' }})")
    page.evaluate(SAVE)
    page.add_init_script(NO_BOOK)
    page.reload()
    note = page.locator('.lab-note[data-kind="warning"]')
    expect(note).to_contain_text("The book has changed")
    expect(note).to_contain_text(f"{SECOND.removesuffix('.ipynb')}-20")
    python_runs(page)
    note.get_by_role("link").click()
    python_runs(page)
    expect(note).to_have_count(0)
    expect(page.locator(".jp-CodeCell").first).to_contain_text("Run this cell to bring its drawing to life")


def test_from_an_exercise_the_lab_opens_there_and_it_runs_at_once(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}{PAGE}")
    asked = page.locator(".kl-answer-box").first
    label, key = (asked.get_attribute(f"data-{name}") for name in ("exercise", "key"))
    asked.get_by_role("link").click()
    chapter = page.frame_locator(".lab-chapter")
    expect(chapter.locator(f"#{label}")).to_be_in_viewport()  # to be read meanwhile
    expect(chapter.locator(".kl-launch")).to_have_count(0)
    python_runs(page)
    expect(page.locator(".lab-chapter")).to_have_count(0)
    cell = page.locator(".jp-CodeCell", has_text=label).first
    expect(cell).to_be_in_viewport()
    cell.locator(".cm-content").fill(f'check("{label}", 0.001, "{key}")')
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("too small")
    page.get_by_role("link", name="Back to the chapter").click()
    assert page.url == f"{address}{PAGE}#{label}"


def test_a_cell_that_fails_is_named_and_shown(context: BrowserContext, address: str) -> None:
    page = opened(context, address, SECOND)
    sixth = f"{SHOWN}.widgets.filter(({{ model }}) => model.type === 'code')[5]"
    page.evaluate(f"{sixth}.model.sharedModel.setSource('1 / 0')")
    choose(page, "^Run", "runmenu:run-all")
    note = page.locator('.lab-note[data-kind="result"]')
    expect(note).to_contain_text("ZeroDivisionError: division by zero")
    expect(page.locator(".jp-OutputArea", has_text="ZeroDivisionError")).to_be_in_viewport()
