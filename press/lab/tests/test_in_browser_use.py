"""From a chapter's button to a slider that moves: what a reader does in the lab, and what the visit costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from press.lab.tests.reader import (
    PATIENCE,
    becomes_true,
    choose,
    opened,
    opened_again,
    python_runs,
    type_and_run,
)
from press.serve import Handler, running

SLIDER = "from ipywidgets import interact\n@interact(x=(0, 10))\ndef show(x=3):\n    print('x is', x)"
RESUMED = (
    "import pyodide_js; print('resumed', bool(pyodide_js._module.noInitialRun))"  # a start runs Python's main
)
EXPLORABLE = "from klhelpers.widgets import Bars\nbars = Bars()\nbars"


def test_a_slider_moves_and_an_explorable_answers_python(context: BrowserContext, address: str) -> None:
    page = opened(context, address, "en/02-properties.ipynb")
    type_and_run(page, SLIDER)
    output = page.locator(".jp-CodeCell").first.locator(".jp-OutputArea").first
    expect(output).to_contain_text("x is 3")
    handle = output.get_by_role("slider")
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(output).to_contain_text("x is 4")

    type_and_run(page, EXPLORABLE)
    explorable = page.locator(".klx")  # the one that runs: those of the chapter are pictures yet
    explorable.get_by_role("button", name="No, never").click()
    bar = explorable.get_by_role("slider", name="q of outcome 1", exact=True)
    bar.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    expect(bar).to_have_attribute("aria-valuetext", "0.15")
    type_and_run(page, "print('read', round(bars.q[0], 3))")
    expect(page.locator(".jp-CodeCell").first).to_contain_text("read 0.15")
    type_and_run(page, "bars.p = bars.q")
    expect(explorable.locator(".klx-sum")).to_contain_text("D(p‖q)0.000", timeout=PATIENCE)


@pytest.mark.parametrize(("edition", "says"), [("", "Back to the chapter"), ("zh/", "回到本章")])
def test_the_button_of_a_chapter_opens_that_notebook_in_its_language(
    context: BrowserContext, address: str, edition: str, says: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}{edition}notebooks/02-properties.html")
    heading = page.locator("h1").inner_text().split("#")[0].strip()
    page.locator(".kl-launch").click()
    expect(page.locator(".kl-lab-note")).to_contain_text(says)
    python_runs(page)
    expect(page.locator(".jp-MarkdownCell").first).to_contain_text(re.sub(r"^[\d.]+\s*", "", heading))


def test_reaching_for_the_button_fetches_what_the_visit_needs(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}notebooks/02-properties.html")
    page.locator(".kl-launch").hover()
    becomes_true(
        page,
        """async () => {
          const kept = (await (await caches.open("kl-lab")).keys()).map(({ url }) => url);
          return kept.some((url) => url.includes("pyodide.asm.wasm")) && kept.some((url) => url.includes("klhelpers-"));
        }""",
    )


@pytest.fixture
def weighed(site: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """The site's address, and the bytes that the server has sent by file."""
    sent: dict[str, int] = {}

    class Weighing(Handler):
        def send_header(self, keyword: str, value: str) -> None:
            if keyword == "Content-Length":
                sent[self.path.partition("?")[0]] = int(value)
            super().send_header(keyword, value)

    with running(site, "/kl/", Weighing) as address:
        yield address, sent


def test_a_first_visit_loads_what_the_button_says_and_a_second_nearly_nothing(
    weighed: tuple[str, dict[str, int]], fresh: BrowserContext
) -> None:
    address, sent = weighed
    page = fresh.new_page()
    page.goto(f"{address}notebooks/02-properties.html")
    said = int(re.findall(r"\d+", page.locator(".kl-lab small").inner_text())[0])
    page.close()
    sent.clear()
    opened(fresh, address, "en/02-properties.ipynb").close()
    assert sum(sent.values()) / 1e6 == pytest.approx(said, abs=1.0)
    assert not [path for path in sent if "scipy" in path], "the chapter does not import it"
    sent.clear()
    opened(fresh, address, "en/02-properties.ipynb").close()
    assert sum(sent.values()) < 0.4e6, "what the page and the notebook weigh: they may have changed"


def test_the_first_chapter_costs_a_first_visit_no_more_than_promised(
    weighed: tuple[str, dict[str, int]], fresh: BrowserContext
) -> None:
    address, sent = weighed
    opened(fresh, address, "en/01-definitions.ipynb").close()
    assert sum(sent.values()) < 22e6


def test_python_can_be_started_anew_completes_names_and_says_that_nothing_is_installed(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address, "en/02-properties.ipynb")
    type_and_run(page, "import numpy as np\nkept = 1")
    choose(page, "^Kernel", "kernelmenu:restart")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    type_and_run(page, "print('kept' in globals())")
    first = page.locator(".jp-CodeCell").first
    expect(first).to_contain_text("False", timeout=PATIENCE)
    type_and_run(page, "import numpy as np")
    page.keyboard.press("a")
    first.locator(".cm-content").fill("np.linalg.eigv")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    expect(page.locator(".jp-Completer")).to_contain_text("eigvalsh", timeout=PATIENCE)
    page.keyboard.press("Escape")
    type_and_run(page, "%pip install six")
    expect(first).to_contain_text("nothing can be installed here", timeout=PATIENCE)


def test_a_later_visit_goes_on_from_a_snapshot(context: BrowserContext, address: str) -> None:
    page = opened_again(context, address, "en/02-properties.ipynb")
    type_and_run(page, f"{RESUMED}; import numpy as np; print(np.linalg.det([[2, 1], [1, 3]]).round())")
    expect(page.locator(".jp-CodeCell").first).to_contain_text("resumed True")
    expect(page.locator(".jp-CodeCell").first).to_contain_text("5.0")
    draws = []
    for _ in range(2):
        page.reload()
        python_runs(page)
        type_and_run(page, "import random, numpy as np; print('drew', random.random(), np.random.random())")
        drawn = page.locator(".jp-CodeCell").first.locator(".jp-OutputArea").inner_text()
        draws.append(set(re.findall(r"0\.\d+", drawn)))
    assert len(draws[0] | draws[1]) == 4, "chance is not the same at every visit"


def test_a_snapshot_of_one_chapter_serves_another(context: BrowserContext, address: str) -> None:
    opened_again(context, address, "en/02-properties.ipynb").close()
    page = opened(context, address, "zh/03-minimisation.ipynb")
    type_and_run(page, f"{RESUMED}; from scipy.optimize import brentq; print(brentq(lambda x: x - 3, 0, 8))")
    expect(page.locator(".jp-CodeCell").first).to_contain_text("resumed True")
    expect(page.locator(".jp-CodeCell").first).to_contain_text("3.0")


@pytest.mark.parametrize(
    ("language", "claim", "edition"), [("en", "Proposition 1", ""), ("zh", "命题 1", "zh/")]
)
def test_what_stands_elsewhere_is_a_link_to_the_book(
    context: BrowserContext, address: str, language: str, claim: str, edition: str
) -> None:
    page = opened(context, address, f"{language}/02-properties.ipynb")
    page.evaluate(TO_CELL, "prop-two-ways")
    expect(page.locator("#prop-two-ways .myst-proof-title a")).to_have_text(claim, timeout=PATIENCE)
    page.evaluate(TO_CELL, "lem-tangent")
    link = page.locator('.jp-MarkdownCell a[href*="01-definitions.html#lem-tangent"]')
    expect(link).to_have_attribute("href", f"{address}{edition}notebooks/01-definitions.html#lem-tangent")
    expect(link).to_have_attribute("target", "_blank")
    book = context.new_page()
    book.goto(link.get_attribute("href") or "")
    expect(book.locator("#lem-tangent")).to_be_visible()


TO_CELL = """async (word) => {
  const { content } = globalThis.jupyterapp.shell.currentWidget;
  const at = content.widgets.findIndex(({ model }) => model.sharedModel.source.includes(word));
  content.activeCellIndex = at;
  await content.scrollToItem(at, "start");
}"""


def test_the_menus_of_the_chinese_lab_are_chinese(context: BrowserContext, address: str) -> None:
    page = opened(context, address, "zh/02-properties.ipynb")
    bar = page.locator(".lm-MenuBar-item")
    assert bar.all_inner_texts() == ["文件", "编辑", "查看", "运行", "内核", "设置", "帮助"]
    page.wait_for_function(
        "globalThis.jupyterapp.commands.hasCommand('docmanager:download')"
    )  # it comes late
    bar.first.click()
    expect(page.locator('.lm-Menu-item[data-command="docmanager:download"]')).to_have_text("下载")
