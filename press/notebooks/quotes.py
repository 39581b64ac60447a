"""Numbers that prose quotes from code, written by a refresh and never by hand.

A quote is a number with a comment right behind it: ``costs 0.7925<!-- swap-kl:.4f --> bits``. The comment names
a result of the same notebook and how to format it. No viewer shows it, so the sentence reads the same on the
site, in JupyterLab and on a code host. The static test fails where the number is not what the result gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

QUOTE = re.compile(r"(?P<shown>[-−\d.,e+∞]*)<!--\s*(?P<name>[\w-]+)(?::(?P<format>\S*))?\s*-->")
FORMULA = re.compile(r"\$\$[^$]*\$\$|\$[^$]*\$")


def quotes_in_formulas(source: str) -> list[str]:
    """Return the formulas that hold a quote: there the comment would be set as part of the formula.

    >>> quotes_in_formulas("$x$ is 0.5<!-- a:.1f -->, $D = 0.5<!-- b:.1f -->$")
    ['$D = 0.5<!-- b:.1f -->$']
    """
    return [formula for formula in FORMULA.findall(source) if QUOTE.search(formula)]


def filled(source: str, results: Mapping[str, float]) -> str:
    """Return a markdown cell with every quote as the results give it; a name that no result has is left.

    >>> filled("It costs 0.79<!-- swap-kl:.4f --> bits.", {"swap-kl": 0.792481250360578})
    'It costs 0.7925<!-- swap-kl:.4f --> bits.'
    """

    def fill(quote: re.Match[str]) -> str:
        if quote["name"] not in results:
            return quote[0]
        shown = format(results[quote["name"]], quote["format"] or "").replace("-", "−")
        return shown + quote[0].removeprefix(quote["shown"])

    return QUOTE.sub(fill, source)
