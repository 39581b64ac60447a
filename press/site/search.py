"""Cut pages into the words that search looks for: Chinese into characters and pairs, Latin into stems.

A query is cut the same way, and every piece must be on a page: 交叉熵 asks for 交叉 and 叉熵. Sphinx's own splitter
for Chinese needs a package that guesses words, and then finds only what it guessed twice alike.
"""

from __future__ import annotations

import re

from sphinx.search import SearchLanguage
from sphinx.search.en import SearchEnglish

HAN = "㐀-鿿"
RUN = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")

JS_SPLITTER = """
function splitQuery(query) {
    return [...query.matchAll(/[㐀-鿿]+|(?:(?![㐀-鿿])[\\p{L}\\p{M}\\p{N}_])+/gu)].flatMap(([run]) => {
        if (!/[㐀-鿿]/.test(run) || run.length === 1) return [run];
        return Array.from({ length: run.length - 1 }, (_, i) => run.slice(i, i + 2));
    });
}
"""


def pieces(text: str) -> list[str]:
    """Return what of a text goes into the index.

    >>> pieces("KL 散度是熵")
    ['KL', '散', '散度', '度', '度是', '是', '是熵', '熵']
    """
    found = []
    for run in RUN.findall(text):
        if re.match(f"[{HAN}]", run):
            found += [run[i : i + n] for i in range(len(run)) for n in (1, 2) if i + n <= len(run)]
        else:
            found.append(run)
    return found


class English(SearchEnglish):
    """Sphinx's index, with short words as they are: its script leaves them alone, and JS would else be J."""

    def stem(self, word: str) -> str:
        """Return the stem of a word, as the page's script finds it."""
        return str(super().stem(word)) if len(word) > 2 else word.lower()


class Chinese(SearchLanguage):
    """Sphinx's index, for Chinese with Latin words in between."""

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = JS_SPLITTER
    js_stemmer_code = SearchEnglish.js_stemmer_code
    stopwords: set[str] = set()  # noqa: RUF012 (the base class has it as an instance variable)

    def init(self, options: dict[str, str]) -> None:
        """Stem Latin words as the English edition does."""
        self.english = English(options)

    def split(self, input: str) -> list[str]:
        """Cut a text into what is indexed."""
        return pieces(input)

    def stem(self, word: str) -> str:
        """Return the stem of a Latin word, and a Chinese piece as it is."""
        return self.english.stem(word) if word.isascii() else word

    def word_filter(self, word: str) -> bool:
        """Keep everything: a single character is a word."""
        return True
