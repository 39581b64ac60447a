"""The Chinese edition says it as a Chinese textbook would: wordings that were mended once do not come back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from press.translation import WORDS, blocks, read, sources

# A wording, and what to write instead.
INSTEAD = {
    r"个结果|结果上|在结果|合并结果": "取值",
    r"下的?均值|下取均值": "期望",
    r"极小(?![点值])|局部极大(?![点值])": "极小点、极大点",
    r"方向(?!的?散度)[^，。；]{0,4}相[等同]|两个散度相同": "两个方向的散度相等",
    r"平方级|立方级": "二阶小量、三阶小量，与差距的平方成正比",
    r"优势(?!比)": "几率",
    r"单元格": "代码",
    r"詹森|斯坦恒等式": "Jensen 不等式、Stein 恒等式",
    r"权重[大小]的峰": "主峰、次峰",
    r"易位|诞生|凭空|盆地": "易主，与鞍点成对出现（鞍结分岔），吸引盆",
    r"必然(?:得|发生)": "退化分布",
    r"份额": "频率、概率",
    r"走[正反]向": "用正向 KL、用反向 KL",
    r"最大似然(?!估计)": "最大似然估计",
    r"方框": "矩形区域",
    r"实验室|检验册|变红|账本": "在线运行环境，检验，查出植入的错误",
    r"从不|绝不|永不": "恒、始终、不会",
    r"哪里会失效": "条件不能去掉",
    r"再没有别的": "恰好是这些",
    r"真相|世界(?!语)|信念": "真实分布，实际情况，每观测一次",
    r"论断|陈述": "结论、命题；原文的说法",
    r"作坊|露馅|一声不吭|化为乌有|不以为然|轶事|非数": "信源，不成立，没有提示，消失，并非如此，NaN",
    r"平均只取一次|被打分的是模型|付出的?惊讶": "求期望用的始终是 p，似然是用模型给数据打分，多付",
    r"[½⅓¼¾⅒]": "1/2，或者二分之一",
    r"^#+ .*它": "标题里把所指的东西说出来",
    r"^\*\*[^*\n]+\*\*。": "句号放进粗体，或者用冒号",
}

# Where such a wording is right all the same, and why.
EXEMPT = {
    r"（重启内核并运行所有单元格）": "a command of JupyterLab",
    r"最大似然估计\n最大似然\n": "what a reader may look up in the glossary",
    r"又译詹森不等式|詹森不等式，又译琴生不等式|（斯坦恒等式）": "the other names, once",
}


def said() -> Iterator[tuple[str, str]]:
    """Every Chinese file with what it says."""
    for file in sources().values():
        yield file, "\n".join(block.text for block in blocks(file).values())
    yield WORDS, read(WORDS)


def slips(text: str) -> Iterator[str]:
    """The wordings of the table in a text, with what to write instead."""
    text = re.sub("|".join(EXEMPT), "", text)
    for wording, better in INSTEAD.items():
        for found in re.finditer(wording, text, re.M):
            yield f"…{text[max(0, found.start() - 9) : found.end() + 9]}…: write {better}"


def test_no_wording_of_the_table_comes_back() -> None:
    assert [f"{file}: {slip}" for file, text in said() for slip in slips(text)] == []


def test_what_is_planted_is_found_and_every_exemption_is_used() -> None:
    assert len(list(slips("## 它从不为负\n合并结果，在 p 下取均值：两个方向相等，都是平方级，½。"))) == 7
    text = "\n".join(text for _, text in said())
    assert [place for place in EXEMPT if not re.search(place, text)] == []
