"""The two editions in a browser: switching keeps the place, the choice is remembered, each speaks its own language."""

from __future__ import annotations

import re
from pathlib import Path

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
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_emphasis_can_be_seen_in_chinese(page: Page, address: str) -> None:
    page.goto(address + "zh/" + CHAPTER)
    face = "(el) => { const { fontFamily, fontWeight } = getComputedStyle(el); return [fontFamily, fontWeight]; }"
    emphasis = page.locator("article p > em").first
    assert emphasis.evaluate(face) != emphasis.locator("..").evaluate(face)


def test_every_page_names_its_other_language(site: Path, pages: list[str]) -> None:
    for name in pages:
        text = (site / name).read_text("utf-8")
        assert f'<html lang="{"zh-CN" if name.startswith("zh/") else "en"}"' in text, name
        if Path(name).name not in {"404.html", "search.html"}:
            for code in ("en", "zh-CN"):
                assert f'<link rel="alternate" hreflang="{code}"' in text, name


def test_chinese_pages_say_nothing_in_english_but_names(site: Path, pages: list[str]) -> None:
    said = re.compile(r'\b(?:title|aria-label|placeholder)="([^"]*)"')
    for name in pages:
        if name.startswith("zh/"):
            text = re.sub(r"<a [^>]*reference[^>]*>", "", (site / name).read_text("utf-8"))  # titles of works
            for words in said.findall(text):
                assert re.search("[㐀-鿿]", words) or not re.search("[a-z]{3,} [a-z]{2,}", words), (
                    name,
                    words,
                )
