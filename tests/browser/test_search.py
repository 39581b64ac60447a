"""Search finds sections, in both languages, the right one first, whatever accents and widths, also after a slip."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from press.notebooks.store import paths

CHAPTERS = [f"notebooks/{path.stem}.html" for path in paths()]
# What a reader types (+ is a space), and the page, or the place, that they want. A term is looked up in the glossary.
QUERIES = {
    "": {
        f"{CHAPTERS[0]}#what-training-can-remove-from-a-loss": "loss",
        f"{CHAPTERS[2]}#when-does-reverse-kl-seek-a-mode": "seek+a+mode",
        f"{CHAPTERS[2]}#real-data-flippers-and-bills": "penguin",
        "glossary.html#term-entropy": "entropy ｅｎｔｒｏｐｙ éntropy",
        "glossary.html#term-mode-seeking": "mode+seeking",
        "glossary": "ELBO saddle-node+bifurcation",
        "glossary.html#term-cross-entropy": "cross-entropy cross+entropy 交叉熵",
        "api": "fit_reverse kl_normal",
    },
    "zh/": {
        CHAPTERS[0]: "码长 字母频率 哪种语言 惊讶 贝叶斯+硬币",
        CHAPTERS[1]: "不对称 平方根 等值线 绕道 非负 琴生 两个方向的散度相等",
        CHAPTERS[2]: "企鹅 两个峰 期望传播 勾股 正向与反向 正向+KL",
        "glossary": "熵 凸 交叉熵 相对熵 自信息 绝对连续 矩匹配 寻峰 联合凸 三角不等式 吉布斯不等式 "
        "前缀码 鞍点 ELBO 证据下界 数据处理不等式 最大似然 混合分布 奈特 支撑集 求积 JS+散度 ＪＳ+散度 反向+KL+散度",
        "notation": "符号 符号表",
        "corrections": "订正 对原文的订正",
        "benchmarks": "精度 内存 单线程",
        "references": "mathlib Lean 参考文献",
        "how-to": "安装 下载一章 运行全书 怎样阅读和运行",
        "api": "entropy fit_reverse kl_normal",
    },
}


@pytest.mark.parametrize("edition", QUERIES)
def test_the_place_that_is_wanted_comes_first(page: Page, address: str, edition: str) -> None:
    page.goto(f"{address}{edition}search.html")
    for wanted, queries in QUERIES[edition].items():
        for query in queries.split():
            page.locator("main input").fill(query.replace("+", " "))
            first = page.locator("ul.search a").first.get_attribute("href") or ""
            path, _, place = first.partition("?")
            assert f"{path}#{place.partition('#')[2]}".startswith(wanted), query


@pytest.mark.parametrize(
    ("edition", "slip", "meant"),
    [
        *[("", "entorpy", "entropy"), ("", "mode-seking", "mode seeking"), ("", "zxqv", None)],
        *[("zh/", "entorpy", "entropy"), ("zh/", "交差熵", "交叉熵"), ("zh/", "量子力学", None)],
    ],
)
def test_a_slip_of_a_letter_is_put_right(
    page: Page, address: str, edition: str, slip: str, meant: str | None
) -> None:
    page.goto(f"{address}{edition}search.html?q={slip}")
    expect(page.locator("main [role=status]")).to_contain_text(slip)
    assert page.locator("main [role=status] a").all_inner_texts() == ([meant] if meant else [])
    assert (page.locator("ul.search > li").count() > 0) == bool(meant)


@pytest.mark.parametrize("edition", ["", "zh/"])
def test_what_was_found_is_announced_and_the_keyboard_gets_there(
    page: Page, address: str, edition: str
) -> None:
    page.goto(f"{address}{edition}search.html")
    expect(page.locator("main input")).to_be_focused()
    page.keyboard.type("Jensen")
    page.locator("ul.search a").first.wait_for()
    found = page.locator("ul.search > li").count()
    expect(page.get_by_role("status")).to_contain_text(re.compile(rf"\b{found}\b"))
    page.keyboard.press("Tab")
    first = page.locator("ul.search a").first
    expect(first).to_be_focused()
    place = str(first.get_attribute("href"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}{edition}{place}")


def test_a_result_opens_at_its_place_with_the_words_marked_until_they_are_dismissed(
    page: Page, address: str
) -> None:
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type("nearly a coin")
    page.keyboard.press("Enter")
    first = page.locator("ul.search > li").first
    expect(first.locator("mark").first).to_be_visible()
    first.locator("a").first.click()
    expect(page.locator(".kl-unmark")).to_be_visible()
    assert {"nearly", "coin"} <= {*page.evaluate("[...CSS.highlights.get('kl-found')].map(String)")}
    place = page.evaluate("document.getElementById(location.hash.slice(1)).getBoundingClientRect().top")
    assert place < 900, "the section is where the page opens"
    page.keyboard.press("Escape")
    assert not page.evaluate("CSS.highlights.has('kl-found')")
    assert "marked" not in page.url
    expect(page.locator(".kl-unmark")).to_have_count(0)


def test_the_index_holds_no_furniture_and_each_formula_once(page: Page, address: str) -> None:
    """And it is loaded where there is something to search."""
    pages = page.request.get(address + "sections.json").json()
    texts = [text for name in CHAPTERS for _, _, text in pages[name]]
    furniture = re.compile(r"Show the code|in the lab\b|Copy|-->|answer = None")
    assert not [text for text in texts if furniture.search(text)]
    assert any("D(p ∥ q)=∑_xp(x) logp(x)/q(x)" in text for text in pages["index.html"][0])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + CHAPTERS[0])
    assert not [url for url in asked if "sections" in url or "minisearch" in url or "search" in url]


def test_the_search_page_leads_to_the_same_search_in_the_other_language(page: Page, address: str) -> None:
    page.goto(address + "search.html?q=KL")
    page.locator(".kl-language").click()
    expect(page.locator("main input")).to_have_value("KL")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
