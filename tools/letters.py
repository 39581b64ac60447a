"""Make klhelpers/data/letters.csv and letters-heldout.csv: how often each letter occurs in eight languages.

    python3 tools/letters.py    write the two files

The texts are the quotations in Debian's `fortunes` packages, fetched into a temporary folder and forgotten;
what is kept is counts of letters. The same package versions give the same bytes: no random numbers, no dates.
Needs a Debian-like system (apt-get, dpkg-deb) and nothing beyond Python's standard library.
"""

import hashlib
import re
import string
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[1] / "klhelpers" / "data"
LENGTHS = (20, 50, 100, 200)
CHUNKS = 100  # held-out chunks of each length per language, where there is text enough


class Source(NamedTuple):
    """Where a language's texts are, and how to tell that a file is typed with the language's own letters."""

    packages: list[str]  # README.md says from which versions the committed files were made
    own_letters: str  # of its alphabet, beyond a-z
    least_own: float  # a file with a smaller share of them was typed without them, and is left out


SOURCES = {
    "cs": Source(["fortunes-cs"], "áčďéěíňóřšťúůýž", 0.05),
    "de": Source(["fortunes-de"], "äöüß", 0.005),
    "en": Source(["fortunes", "fortunes-min"], "", 0.0),
    "eo": Source(["fortunes-eo"], "ĉĝĥĵŝŭ", 0.01),
    "es": Source(["fortunes-es"], "áéíñóúü", 0.01),
    "it": Source(["fortunes-it"], "àèéìòù", 0.0),
    "pl": Source(["fortunes-pl"], "ąćęłńóśźż", 0.05),
    "pt": Source(["fortunes-br"], "áâãàçéêíóôõú", 0.01),
}
ALPHABET = sorted(set(string.ascii_lowercase).union(*(source.own_letters for source in SOURCES.values())))

LEFT_OUT = {
    "klasik-sk",  # Slovak, in the Czech package
    "nowe",  # chat logs in a mistaken code page, in the Polish package
    "off",  # the folder that the Spanish package sets apart as offensive
}

SEPARATOR = re.compile(r"^%[ \t]*$", re.MULTILINE)
ATTRIBUTION = re.compile(r"^(?:[ \t]*--|\t\t| {16}).*", re.MULTILINE)
ADDRESS = re.compile(r"\S*(@|://|www\.)\S*")
RUN = re.compile(r"(\w)\1{7}")
WORD = re.compile(r"[^\W\d_]+")

# In 5 % of the words or more, these say that a fortune is English: in English they are 14 %.
ENGLISH = {"and", "are", "from", "have", "of", "that", "the", "this", "with", "you"}

# Italian fortunes are typed in ASCII, "perche'" for "perché": the apostrophe that ends a word is an accent,
# except in a word that lost its end, "un po'".
APOSTROPHE = re.compile(r"\b([a-z]*[aeiou])'(?![a-z])", re.IGNORECASE)
SHORTENED = {"be", "ca", "de", "di", "fa", "fra", "mo", "po", "sta", "to", "va"}
ACUTE = re.compile(r"(.*ch|.*tr|n|s)e")


def fetch(package: str, folder: Path) -> None:
    """Download a package and unpack it into folder/package."""
    subprocess.run(["apt-get", "download", package], cwd=folder, check=True)
    (archive,) = folder.glob(f"{package}_*.deb")
    subprocess.run(["dpkg-deb", "--extract", archive, folder / package], check=True)


def lower(text: str) -> str:
    """The text in lower case, one character a letter."""
    return unicodedata.normalize("NFC", text.lower())


def accented(match: re.Match[str]) -> str:
    """The Italian word that ASCII writes with a final apostrophe."""
    word = match[1].lower()
    if word in SHORTENED:
        return match[0]
    accent = "\N{COMBINING ACUTE ACCENT}" if ACUTE.fullmatch(word) else "\N{COMBINING GRAVE ACCENT}"
    return match[1] + accent


def is_mistaken_encoding(text: str) -> bool:
    """Whether the text is UTF-8 that was once read as Latin-1, "Ã©" for "é"."""
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return not text.isascii()


def is_layout(text: str) -> bool:
    """Whether the text is a drawing, a table, a chat log or code: 80 % letters or less, or "mmmmmmmm"."""
    ink = sum(not character.isspace() for character in text)
    return sum(map(str.isalpha, text)) <= 0.8 * ink or RUN.search(text) is not None


def is_english(text: str) -> bool:
    """Whether 5 % of the words or more are English function words; in English, they are 14 %."""
    words = WORD.findall(text.lower())
    return sum(word in ENGLISH for word in words) >= 0.05 * len(words) > 0


def is_usable(text: str, code: str) -> bool:
    """Whether a fortune is text in its language."""
    if is_mistaken_encoding(text) or is_layout(text):
        return False
    return code == "en" or not is_english(text)


def files(folder: Path, code: str) -> Iterator[str]:
    """The texts of a language's files that are typed with the language's own letters."""
    _, own_letters, least_own = SOURCES[code]
    for path in sorted(folder.glob("*/usr/share/games/fortunes/**/*")):
        if path.is_symlink() or not path.is_file() or path.suffix == ".dat" or LEFT_OUT & set(path.parts):
            continue
        text = path.read_text("utf-8")
        seen = Counter(lower(text))
        own = sum(seen[letter] for letter in own_letters)
        if own >= least_own * sum(map(str.isalpha, seen.elements())):
            yield text


def read(code: str) -> tuple[Counter[str], str]:
    """The counts of one language, and the letters of a fifth of its fortunes, held out by a hash of their letters."""
    parts = dict[bytes, str]()
    with tempfile.TemporaryDirectory() as name:
        for package in SOURCES[code].packages:
            fetch(package, Path(name))
        for fortune in chain.from_iterable(map(SEPARATOR.split, files(Path(name), code))):
            text = ADDRESS.sub("", ATTRIBUTION.sub("", fortune))
            if is_usable(text, code):
                folded = lower(APOSTROPHE.sub(accented, text) if code == "it" else text)
                letters = "".join(filter(ALPHABET.__contains__, folded))
                parts[hashlib.sha256(letters.encode()).digest()] = letters
    held_out = "".join(parts[key] for key in sorted(parts) if key[0] % 5 == 0)
    return Counter(chain.from_iterable(parts[key] for key in parts if key[0] % 5)), held_out


def counted(letters: str) -> str:
    """The letters in alphabetical order, each followed by its number if that is not one: "anna" is "a2n2"."""
    counts = sorted(Counter(letters).items())
    return "".join(letter + (str(number) if number > 1 else "") for letter, number in counts)


def main() -> None:
    """Write a row for each letter, with a column for each language, and a row for each chunk of held-out text."""
    languages = {code: read(code) for code in SOURCES}
    rows = [["letter", *languages]]
    for letter in ALPHABET:
        rows.append([letter, *(str(training[letter]) for training, _ in languages.values())])
    chunks = [["language", "length", "counts"]]
    for code, (_, text) in languages.items():
        for length in LENGTHS:
            for start in range(0, min(CHUNKS * length, len(text) - length + 1), length):
                chunks.append([code, str(length), counted(text[start : start + length])])
    for name, table in (("letters", rows), ("letters-heldout", chunks)):
        lines = "".join(",".join(row) + "\n" for row in table)
        (DATA / f"{name}.csv").write_text(lines, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
