"""The two editions in a browser: switching keeps the place, the choice is remembered, Chinese has its own emphasis."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

CHAPTER = "notebooks/02-properties.html"


def test_switching_the_language_keeps_page_and_section(page: Page, address: str) -> None:
    page.goto(address + CHAPTER)
    names: list[str] = page.locator("main section[id]").evaluate_all("all => all.map((el) => el.id)")
    wanted = len(names) // 2
    page.evaluate("(id) => { location.hash = id }", names[wanted])
    page.wait_for_timeout(200)
    page.locator(".kl-language").press("Enter")  # before a click in Firefox, Playwright would scroll
    page.wait_for_url("**/zh/" + CHAPTER + "#*")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")  # in Firefox the address is there earlier
    there: list[str] = page.locator("main section[id]").evaluate_all("all => all.map((el) => el.id)")
    assert len(there) == len(names)
    assert page.evaluate("decodeURIComponent(location.hash)") == "#" + there[wanted]
    page.wait_for_timeout(200)
    place = page.locator(f"main section[id='{there[wanted]}']").bounding_box()
    assert place and 0 <= place["y"] < 100
    page.locator(".kl-language").press("Enter")
    page.wait_for_url(re.compile(rf"{re.escape(address + CHAPTER)}#{names[wanted]}$"))


def test_the_choice_is_remembered_for_who_comes_back_to_the_first_page(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".kl-language").click()
    page.wait_for_url("**/zh/index.html")
    page.goto("about:blank")
    page.goto(address)  # from elsewhere
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator(".kl-brand").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator(".kl-language").click()  # and back: the choice is theirs
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.wait_for_load_state()  # Firefox would not go elsewhere yet
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_emphasis_can_be_seen_in_chinese(page: Page, address: str) -> None:
    page.goto(address + "zh/" + CHAPTER)
    face = "(el) => { const { fontFamily, fontWeight } = getComputedStyle(el); return [fontFamily, fontWeight]; }"
    emphasis = page.locator("article p > em").first
    assert emphasis.evaluate(face) != emphasis.locator("..").evaluate(face)
