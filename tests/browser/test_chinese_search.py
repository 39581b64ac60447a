"""Search in Chinese finds: characters, words, phrases, Latin between them, names; and the right page comes first."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from press.notebooks.store import paths

CHAPTERS = [f"notebooks/{path.stem}" for path in paths()]
# What a reader types, and the page that they want. A term by itself is looked up in the glossary.
QUERIES = {
    CHAPTERS[0]: "码长 字母频率 哪种语言 惊讶 贝叶斯 信源",
    CHAPTERS[1]: "不对称 琴生 联合凸的 平方根 两枚硬币 绕道 非负 两个方向的散度相等",
    CHAPTERS[2]: "企鹅 坍缩 两个峰 期望传播 勾股 正向与反向",
    "glossary": "熵 凸 交叉熵 相对熵 自信息 绝对连续 矩匹配 寻峰 联合凸 三角不等式 吉布斯不等式 "
    "前缀码 鞍点 数据处理 证据下界 最大似然 混合分布 奈特 支撑集 求积 JS+散度 正向+KL 反向+KL+散度",
    "notation": "符号 符号表",
    "corrections": "订正 对原文的订正",
    "benchmarks": "精度 内存 单线程",
    "references": "mathlib Lean 参考文献",
    "how-to": "安装 下载一章 运行全书 怎样阅读和运行",
    "api": "entropy fit_reverse kl_normal",
}


@pytest.fixture(scope="module")
def search(browser: Browser, address: str) -> Page:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + "zh/search.html")
    expect(page.locator("main h1")).to_have_text("搜索")
    return page


def found(page: Page, query: str) -> list[str]:
    """The pages that a query finds, best first."""
    results: list[str] = page.evaluate(
        """async (query) => {
            while (!Search.hasIndex()) await new Promise((done) => setTimeout(done, 20));
            const { results } = await Search.ranked(query);
            return results.reverse().map(([page]) => page);
        }""",
        query,
    )
    return results


@pytest.mark.parametrize(
    ("wanted", "query"), [(page, query) for page, many in QUERIES.items() for query in many.split()]
)
def test_the_page_that_is_wanted_comes_first(search: Page, wanted: str, query: str) -> None:
    assert found(search, query.replace("+", " "))[:1] == [wanted]


def test_what_is_nowhere_is_not_found(search: Page) -> None:
    assert found(search, "量子力学") == []
