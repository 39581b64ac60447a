"""Whether a Chinese text can be a translation of an English one, as far as a program can tell, and is well set."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from press.notebooks.content import QUOTE

HAN = "㐀-鿿"
CODE = re.compile(r"^(`{3,})[^`{].*?^\1|(?<!`)`[^`\n]+`", re.M | re.S)
DISPLAY = re.compile(r"\$\$.*?\$\$|\\begin\{(?P<env>align\*?)\}.*?\\end\{(?P=env)\}", re.S)
INLINE = re.compile(r"\$[^$\n]+\$")
WORDS_IN_MATHS = re.compile(r"\\text\{[^}]*\}")
TARGET = re.compile(
    r"\{(prf:ref|eq|cite:\w+|ref|numref|doc|term)\}`(?:[^`<]*<)?([^`>]+)>?`|\]\((#?[\w./#:-]+)\)"
)
LABEL = re.compile(r":label:\s*(\S+)|^\(([\w-]+)\)=|\$\$ *\(([\w-]+)\)", re.M)
DIRECTIVE = re.compile(r"^[`:]{3,}\{([\w:-]+)\}", re.M)
HEADING = re.compile(r"^#+(?= )", re.M)
NO_WORDS = re.compile(r"^[`:]{3,}\{solution[\w-]*\}.*$|^:[\w-]+:.*$", re.M)  # names an exercise; an option
WORD = re.compile(r"[A-Za-z]{3,}")


def fingerprint(english: str) -> str:
    """Return what a translation records of its English: all but the numbers that code fills in.

    >>> fingerprint("It costs 0.79<!-- a:.2f --> bits.") == fingerprint("It costs 0.80<!-- a:.2f --> bits.")
    True
    """
    blank = QUOTE.sub(lambda match: match[0].removeprefix(match["shown"]), english)
    return hashlib.sha256(blank.encode()).hexdigest()[:12]


def has_words(source: str) -> bool:
    """Tell whether a text holds words of a language.

    >>> has_words("$$D(p) = \\\\sum$$"), has_words("It holds."), has_words("```{solution} ex-half\\n$1$\\n```")
    (False, True, False)
    """
    rest = source
    for pattern in (NO_WORDS, CODE, DISPLAY, INLINE, TARGET, LABEL, DIRECTIVE):
        rest = pattern.sub(" ", rest)
    return bool(WORD.search(rest))


def faults(english: str, chinese: str) -> Iterator[str]:
    """Say where a Chinese text does not say what the English one says, as far as a program can tell."""
    if has_words(english) and not re.search(f"[{HAN}]", chinese):
        yield "is not translated"
    for kind, found in SAME.items():
        here, there = Counter(found(english)), Counter(found(chinese))
        if here != there:
            yield f"{kind} differ: {[*(here - there)]} became {[*(there - here)]}"
    yield from slips(chinese)


def _displays(source: str) -> list[str]:
    return [WORDS_IN_MATHS.sub(r"\\text{}", match[0]) for match in DISPLAY.finditer(source)]


def _targets(source: str) -> list[str]:
    return [f"{kind} {target}" if target else link for kind, target, link in TARGET.findall(source)]


# What the same text in two languages has in common.
SAME: Mapping[str, Callable[[str], list[str]]] = {
    "displayed formulas": _displays,
    "labels": lambda source: ["".join(found) for found in LABEL.findall(source)],
    "references": _targets,
    "headings": HEADING.findall,
    "directives": DIRECTIVE.findall,
    "fields of a row": re.compile(r"^- (says|fact|unchecked|wording):", re.M).findall,
    "quoted numbers": lambda source: [m[0].removeprefix(m["shown"]) for m in QUOTE.finditer(source)],
}


# --- how Chinese is set ---

SLIPS = {
    "a half-width sign between Chinese characters": re.compile(
        rf"[{HAN}$`][,;:!?()][{HAN}]|[{HAN}][,;:!?(][{HAN}$`]|[{HAN}]\.(?=[{HAN}]|$)", re.M
    ),
    "no space between Chinese and Latin letters or digits": re.compile(
        rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]"
    ),
    "no space between Chinese and a formula or code": re.compile(rf"[{HAN}](?=[$`])|(?<=[$`])[{HAN}]"),
    "a line break inside a paragraph, which becomes a space": re.compile(
        rf"^.{{20,}}[{HAN}，、；。]\n(?=[{HAN}])", re.M
    ),
    "bold that CommonMark does not close": re.compile(
        rf"\*\*[^*\n]*[。，：；！？）”]\*\*(?=[{HAN}A-Za-z0-9])"
    ),
}
HIDDEN = re.compile(r"<!--.*?-->|\{\w[\w:-]*\}`[^`]*`|\]\([^)]*\)|\{[^}\n]*\}", re.S)


def slips(chinese: str) -> Iterator[str]:
    """Say where a text breaks the rules of setting Chinese with Latin letters and formulas."""
    visible = re.sub(r"^([`:]{3,}|:\w+:|\|).*$", "", chinese, flags=re.M)  # directives, options, tables
    visible = CODE.sub(lambda match: "`x`" if match[0][:3] != "```" else "\n", visible)
    visible = INLINE.sub("$x$", DISPLAY.sub("\n", visible))
    visible = HIDDEN.sub("", visible)
    for kind, pattern in SLIPS.items():
        if found := pattern.search(visible):
            start, end = found.span()
            yield f"{kind}: …{visible[max(0, start - 8) : end + 8]!r}…"
