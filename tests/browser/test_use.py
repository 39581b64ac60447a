"""What a reader can do: switch the theme, unfold, use keys or a telephone, print, get lost, do without JavaScript."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from press.notebooks import content as nbcontent
from press.notebooks.rules import read
from press.notebooks.store import paths

CHAPTER = f"notebooks/{paths()[0].stem}.html"
GROUND = "getComputedStyle(document.documentElement).backgroundColor"


def test_the_theme_switches_and_is_remembered(page: Page, address: str) -> None:
    page.goto(address)
    light = page.evaluate(GROUND)
    page.locator(".kl-theme-button").click()
    dark = page.evaluate(GROUND)
    assert dark != light
    page.goto(address + CHAPTER)
    assert page.evaluate(GROUND) == dark
    page.locator(".kl-theme-button").click()
    page.reload()
    assert page.evaluate(GROUND) == light


def test_the_system_that_asks_for_the_dark_gets_it(asked: Page, address: str) -> None:
    asked.goto(address)
    red, green, blue = map(int, re.findall(r"\d+", asked.evaluate(GROUND)))
    assert max(red, green, blue) < 60


def test_a_missing_address_at_any_depth_answers_with_the_books_own_page(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()  # whose console tells of the 404
    answer = page.goto(address + "notebooks/deep/er/nowhere.html")
    assert answer is not None
    assert answer.status == 404
    home = page.locator("main a").first
    assert page.evaluate("document.styleSheets.length") > 3
    home.click()
    assert page.url in (address, address + "index.html")


def test_on_a_telephone_the_contents_open_and_close(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    chapters = page.locator(".kl-chapters")
    expect(chapters).to_be_hidden()
    page.locator(".kl-menu-button").click()
    expect(chapters).to_be_visible()
    page.keyboard.press("Escape")
    expect(chapters).to_be_hidden()
    page.locator(".kl-menu-button").click()
    chapters.locator("a").first.click()
    expect(page.locator("main h1")).to_be_visible()


def test_the_first_key_leads_past_the_contents(page: Page, address: str) -> None:
    page.goto(address + CHAPTER)
    page.keyboard.press("Tab")
    skip = page.locator(".kl-skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.chromium
def test_code_is_copied_without_its_output(context: BrowserContext, address: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + CHAPTER)
    visible = page.locator(".cell:not(:has(details)) > .cell_input").first
    visible.hover()
    visible.locator(".kl-copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == visible.locator("pre").inner_text().strip()


def test_a_link_into_a_fold_opens_it(page: Page, address: str) -> None:
    page.goto(address + CHAPTER)
    fold = page.locator("details.kl-fold[id]").first
    expect(fold).not_to_have_attribute("open", "")
    page.goto(address + CHAPTER + "#" + str(fold.get_attribute("id")))
    expect(fold).to_have_attribute("open", "")


def test_the_corrections_lead_to_the_code_that_shows_them_folded_or_not(page: Page, address: str) -> None:
    page.goto(address + "corrections.html")
    links = page.locator("#s10 dd a[href*='#cell-']")
    names = [link.inner_text() for link in links.all()]
    assert len(names) > 1
    for name in names:
        page.goto(address + "corrections.html")
        page.locator("#s10").get_by_role("link", name=name, exact=True).click()
        expect(page.locator(f"#cell-{name} pre").first).to_be_visible()


@pytest.mark.parametrize("edition", ["", "zh/"])
def test_the_mark_of_every_claim_leads_to_how_it_is_checked(page: Page, address: str, edition: str) -> None:
    for path in paths():
        claims = [label for _, label in nbcontent.claims(read(path).nb)]
        page.goto(f"{address}{edition}notebooks/{path.stem}.html")
        marks = page.locator("a.kl-checked").evaluate_all(
            "marks => marks.map((m) => [m.closest('.proof, .math').id, m.hash, m.ariaLabel])"
        )
        assert sorted(place.removeprefix("equation-") for place, _, _ in marks) == sorted(claims)
        assert all(hash == f"#claim-{place.removeprefix('equation-')}" for place, hash, _ in marks)
        assert len({name for _, _, name in marks}) == len(marks), "marks are told apart by ear"
    page.locator("a.kl-checked").first.click()
    expect(page.locator(":target .kl-claim-head")).to_be_visible()
    page.locator(":target a[href*='#cell-']").first.click()
    expect(page.locator(":target pre").first).to_be_visible()


def test_a_term_and_a_citation_say_what_they_mean_in_place(page: Page, address: str) -> None:
    page.goto(address + CHAPTER)
    term, preview = page.locator("a.kl-term", has_text="cross-entropy").first, page.locator(".kl-preview")
    term.hover()
    expect(preview).to_contain_text("surprisal")
    preview.hover()  # the mouse may go there
    page.wait_for_timeout(400)
    expect(preview.locator("[lang=zh]")).to_have_text("交叉熵")
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    page.locator("main a[href*='#cite-']").first.focus()
    expect(preview).to_contain_text(re.compile(r"\b(1[89]|20)\d\d\b"))
    page.locator("main a[href*='#cell-'], summary").first.focus()
    expect(preview).to_be_hidden()
    term.click()
    expect(page.locator("dt:target + dd [lang=zh]")).to_have_text("交叉熵")


@pytest.mark.chromium
def test_a_finger_shows_what_a_term_means_and_a_second_follows_it(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(address + "zh/" + CHAPTER)
    term = page.locator("a.kl-term").first
    term.tap()
    expect(page.locator(".kl-preview dd, .kl-preview div")).to_be_in_viewport(ratio=1)
    term.tap()
    page.wait_for_url("**/glossary.html#*")
    page.close()


def test_keys_lead_on_tell_of_themselves_and_can_be_switched_off(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("n")
    page.wait_for_url("**/how-to.html")
    page.keyboard.press("n")
    page.wait_for_url("**/" + CHAPTER)
    page.keyboard.press("p")
    page.wait_for_url("**/how-to.html")
    page.keyboard.press("/")
    page.keyboard.type("np?")
    expect(page.locator(".kl-menu input")).to_have_value("np?")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_role("switch").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.reload()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("switch")).not_to_be_checked()


def test_all_code_opens_where_the_reader_is_and_no_solution_does(page: Page, address: str) -> None:
    page.goto(address + CHAPTER)
    place = page.locator("article > section > section[id]").nth(3)
    page.evaluate("(id) => { location.hash = id }", place.get_attribute("id"))
    page.wait_for_timeout(300)
    top = "(el) => el.getBoundingClientRect().top"
    before = place.evaluate(top)
    folds = page.locator("main details", has=page.locator(".cell_input"))
    solved = page.locator(".kl-solves > details, details.solution")
    for shown in (True, False):
        page.keyboard.press("c")
        page.wait_for_timeout(300)
        opened = folds.evaluate_all("(all) => all.filter((fold) => fold.open).length")
        assert opened == (folds.count() - page.locator(".kl-solves > details").count() if shown else 0)
        assert not solved.evaluate_all("(all) => all.filter((fold) => fold.open).length")
        assert abs(place.evaluate(top) - before) < 3
    page.keyboard.press("c")
    page.reload()
    expect(page.get_by_role("switch", name="Show all code")).to_be_checked()
    expect(folds.first).to_have_attribute("open", "")


def test_the_site_hands_out_the_module_that_a_lone_notebook_needs(page: Page, address: str) -> None:
    page.goto(address + "how-to.html")
    link = page.locator("main a[download]")
    wheel = ZipFile(BytesIO(page.request.get(address + str(link.get_attribute("href"))).body()))
    needed = {"notebook.py", "data/letters.csv", "widgets/bars.py", "widgets/bars.js"}
    assert {f"klhelpers/{name}" for name in needed} <= {*wheel.namelist()}
    for block in page.locator("main pre", has_text="pip install").all():
        assert f"./{link.text_content()}[notebook]" in (block.text_content() or "")


@pytest.mark.chromium
def test_without_javascript_text_folds_and_questions_are_there(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page.goto(address + CHAPTER)
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".kl-chapters")).to_be_visible()
    box = page.locator(".katex-html").first.bounding_box()
    assert box is not None
    assert box["width"] > 2 and box["height"] > 2
    expect(page.locator(".kl-theme-button")).to_be_hidden()
    fold = page.locator("details.kl-fold").first
    expect(fold.locator(".kl-fold-body")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator(".kl-fold-body")).to_be_visible()
    expect(page.locator(".kl-answer-box pre").first).to_contain_text("answer = None")
    page.locator(".kl-language").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.close()


@pytest.mark.chromium
def test_paper_shows_what_is_folded_and_no_navigation(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(address + CHAPTER)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".kl-side")).to_be_hidden()
    body = page.locator(".kl-fold-body").first.bounding_box()
    assert body is not None
    assert body["height"] > 10
    assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
    assert page.pdf(path=tmp_path / "chapter.pdf").startswith(b"%PDF")
