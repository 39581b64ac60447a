"""What is true of every page, light and dark, wide and on a telephone, with the network cut."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

AXE = files("axe_playwright_python") / "axe.min.js"
Theme = Literal["light", "dark"]
THEMES: list[Theme] = ["light", "dark"]
COLOURS = {"runOnly": ["color-contrast"]}
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
# All is examined at the last width. 640 and 320 are what a window of 1280 pixels has left where it is enlarged to 200
# and to 400 per cent: as little as any telephone.
WINDOWS: list[tuple[list[int], Theme]] = [([1280], "light"), ([640, 320], "dark")]

# Runs before the page: keeps what the browser only tells at the time.
WITNESS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  violations.push(`${violatedDirective}: ${blockedURI}`));
"""

LIVE = """async () => {
  await document.fonts.ready;
  for (const explorable of document.querySelectorAll("figure.kl-explorable")) {
    explorable.scrollIntoView();
    while (!("ready" in explorable.dataset)) await new Promise(requestAnimationFrame);
  }
  scrollTo(0, 0);
}"""

SCROLLS = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const more = document.documentElement.scrollWidth - innerWidth;
  return more > 0 ? [`it scrolls sideways, by ${more} px beyond ${innerWidth}`] : [];
}"""

# What is wrong with the page, seen from inside it.
EXAMINE = """() => {
  const faults = window.violations.map((v) => "policy: " + v);
  const beyond = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest("pre, .katex-mathml, .katex-display, .kl-scroll, svg"));
  for (const element of beyond.slice(0, 3)) faults.push("beyond the side: " + element.outerHTML.slice(0, 80));
  const bar = document.querySelector(".kl-bar").getBoundingClientRect();
  if (bar.width === innerWidth && bar.height > parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop))
    faults.push(`the bar, ${bar.height} px high, covers the heading that a link leads to`);
  for (const image of document.images)
    if (!image.complete || !image.naturalWidth) faults.push("image not loaded: " + image.src.slice(0, 80));
  for (const font of document.fonts)  // those named "kl marks" are the system's own, and it may have none
    if (font.status === "error" && !font.family.includes("kl marks")) faults.push("font not loaded: " + font.family);
  for (const formula of document.querySelectorAll(".katex-html")) {
    const box = formula.getBoundingClientRect();
    if (!formula.closest("details:not([open])") && !(box.width && box.height))
      faults.push("formula without size: " + formula.textContent);
    const whole = formula.closest(".kl-together")?.previousElementSibling;  // of a last piece that was set apart
    if (![formula.parentElement, whole].some((element) => element?.querySelector("math")))
      faults.push("formula without words: " + formula.textContent);
  }
  for (const equation of document.querySelectorAll("div.math:has(.eqno)")) {
    const number = equation.querySelector(".eqno").getBoundingClientRect();
    const formula = equation.querySelector(".katex-display").getBoundingClientRect();
    const beside = formula.right <= number.left || formula.bottom < number.top + 0.5;
    if (!equation.closest("details:not([open])") && !beside)
      faults.push("number on formula: " + equation.id);
  }
  for (const svg of document.querySelectorAll("main svg:not(.katex svg, [aria-hidden=true] svg, [aria-hidden=true])"))
    if (!svg.getAttribute("aria-label")?.trim()) faults.push("a drawing that is not described");
  for (const figure of document.querySelectorAll(".kl-figure"))
    if (!figure.querySelector("figcaption")?.textContent.trim()) faults.push("a figure without caption");
  return faults;
}"""


# Of what looks alike, by its name and classes and those of all around it, two are left; and so many formulas, which
# are spoken alike, and pieces of code, which are coloured alike. What KaTeX and Matplotlib draw is thousands of
# elements without names, whose colours are tested below. Explorables have a test of their own.
THIN = """() => {
    const drawn = ".katex-html, .kl-figure > svg > *, .kl-explorable > *";
    for (const element of document.querySelectorAll(drawn)) element.remove();
    for (const alike of [".math, .kl-together", ".cell_input pre", ".cell_output pre"])
        for (const another of [...document.querySelectorAll(alike)].slice(2)) another.replaceWith("…");
    const seen = {};
    const look = (el) => (el ? `${look(el.parentElement)} ${el.localName}.${el.className}` : "");
    for (const element of document.querySelectorAll("main *:not(section)")) {
        if (element.isConnected && (seen[look(element)] = (seen[look(element)] ?? 0) + 1) > 2) element.remove();
    }
}"""

# What is coloured by the same rules as something on an earlier page of this language has its contrast.
ONLY_NEW = """() => {
    const seen = JSON.parse(sessionStorage.seen ?? "{}");
    const look = (el) => el.parentElement
        ? `${look(el.parentElement)} ${el.localName}.${el.getAttribute("class")}[${el.getAttributeNames()}]` : el.lang;
    const looks = [...document.querySelectorAll("body *")].map((element) => [element, look(element)]);
    for (const [element, name] of looks.reverse()) {
        if (seen[name] && !element.children.length) element.remove();
        seen[name] = 1;
    }
    sessionStorage.seen = JSON.stringify(seen);
}"""


@pytest.mark.parametrize(("widths", "first"), WINDOWS, ids=["wide", "narrow"])
def test_every_page_is_whole_keeps_nobody_out_and_asks_nobody_else(
    browser: Browser, pages: list[str], address: str, widths: list[int], first: Theme
) -> None:
    """The whole is examined in one theme at each width: the other changes colours, of which axe asks in both."""
    context = browser.new_context()
    context.add_init_script(WITNESS)
    page = context.new_page()
    faults: dict[str, list[str]] = {}
    current: list[str] = []
    page.on("console", lambda said: current.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: current.append(str(error)))
    page.on("request", lambda r: r.url.startswith((address, "data:")) or current.append(r.url[:80]))
    # What was not needed any more when the test went to the next page did not fail.
    page.on("requestfailed", lambda r: r.failure == "net::ERR_ABORTED" or current.append(r.url[:80]))
    for name in pages:
        current.clear()
        page.goto(address + name)
        shade(page, first)
        page.evaluate(LIVE)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            current += page.evaluate(SCROLLS)
        current += page.evaluate(EXAMINE)
        page.evaluate(THIN)
        page.evaluate(AXE.read_text("utf-8"))
        current += violations(page, first, "html", ALL_BUT_COLOURS)
        page.evaluate(ONLY_NEW)
        for theme in THEMES:
            shade(page, theme)
            current += violations(page, theme, "html", COLOURS)
        if current:
            faults[name] = list(current)
    context.close()
    assert not faults


def shade(page: Page, theme: Theme) -> None:
    """Let the system ask for it; Firefox is not told, so that there the reader asks."""
    page.emulate_media(color_scheme=theme)
    page.evaluate(
        """(theme) => {
            const system = matchMedia(`(prefers-color-scheme: ${theme})`).matches;
            document.documentElement.dataset.theme = system ? "" : theme;
        }""",
        theme,
    )


def violations(page: Page, theme: Theme, within: str, rules: dict[str, Any] | None = None) -> list[str]:
    """What axe finds there, by its rules for colours alone in the dark, where nothing else is different."""
    if rules is None:
        rules = COLOURS if theme == "dark" else {}
    found = page.evaluate(
        """async ([within, rules]) =>
            (await axe.run(within, { resultTypes: ["violations"], preload: false, ...rules })).violations""",
        [within, rules],
    )
    return [
        f"{theme}: {rule['id']} ({rule['impact']}): {node['html'][:100]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:5]
    ]


@pytest.mark.parametrize("theme", [0, 1], ids=THEMES)
def test_colours_of_the_figures_stand_out_from_the_page(site: Path, theme: int) -> None:
    colours = re.findall(
        r"--kl-(\w+): light-dark\((#\w+), (#\w+)\)", (site / "_static" / "colours.css").read_text("utf-8")
    )
    light = {name: luminance(both[theme]) for name, *both in colours}
    for name, ratio in {"ink": 7, "soft": 4.5, "blue": 4.5, "orange": 4.5, "green": 4.5, "grey": 3}.items():
        darker, lighter = sorted((light[name], light["page"]))
        assert (lighter + 0.05) / (darker + 0.05) >= ratio, f"--kl-{name}"


def luminance(colour: str) -> float:
    """The relative luminance of a colour such as #1d2129 (WCAG 2.2)."""
    parts = [byte / 255 for byte in bytes.fromhex(colour[1:])]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
