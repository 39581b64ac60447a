"""Make klhelpers/data/letters.csv and letters-heldout.csv: how often each letter occurs in eight languages.

    python3 tools/letters.py    write the two files and print the table that README.md shows

The texts are the quotations in Debian's `fortunes` packages, fetched into a temporary folder and forgotten;
what is kept is counts of letters. The same package versions give the same bytes: no random numbers, no dates.
Needs a Debian-like system (apt-get, dpkg-deb) and nothing beyond Python's standard library.
"""

import hashlib
import re
import shutil
import string
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
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


class Language(NamedTuple):
    """What was found of one language."""

    versions: dict[str, str]  # of its packages
    fates: Counter[str]  # how many fortunes were used, and how many were not, by reason
    training: Counter[str]  # how often each letter of the alphabet occurs
    held_out: str  # the letters of the held-out fortunes, one after the other
    stray: int  # letters that are in no language's alphabet, and dropped


def fetch(package: str, folder: Path) -> str:
    """Download a package, unpack it into folder/package, and tell its version."""
    download = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, text=True)
    archives = list(folder.glob(f"{package}_*.deb"))
    if download.returncode or len(archives) != 1:
        sys.exit(f"apt-get could not download {package}; apt-get update may help.\n{download.stderr}")
    archive = str(archives[0])
    subprocess.run(["dpkg-deb", "--extract", archive, str(folder / package)], check=True)
    return subprocess.check_output(["dpkg-deb", "--field", archive, "Version"], text=True).strip()


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


def fate(text: str, code: str, typed_well: bool) -> str:
    """The reason why a fortune is not used, or "used"."""
    if not typed_well:
        return "without accents"
    if is_mistaken_encoding(text):
        return "mistaken encoding"
    if is_layout(text):
        return "layout"
    return "English" if code != "en" and is_english(text) else "used"


def files(folder: Path, code: str) -> Iterator[tuple[str, bool]]:
    """The texts of a language's files, and whether each is typed with the language's own letters."""
    _, own_letters, least_own = SOURCES[code]
    for path in sorted(folder.glob("*/usr/share/games/fortunes/**/*")):
        if path.is_symlink() or not path.is_file() or path.suffix == ".dat" or LEFT_OUT & set(path.parts):
            continue
        text = path.read_text("utf-8")
        seen = Counter(lower(text))
        own = sum(seen[letter] for letter in own_letters)
        yield text, own >= least_own * sum(map(str.isalpha, seen.elements()))


def read(code: str) -> Language:
    """Count the letters of one language, holding out a fifth of its fortunes by a hash of their letters."""
    fates, stray, parts = Counter[str](), 0, dict[bytes, str]()
    with tempfile.TemporaryDirectory() as name:
        versions = {package: fetch(package, Path(name)) for package in SOURCES[code].packages}
        for file, typed_well in files(Path(name), code):
            for fortune in SEPARATOR.split(file):
                text = ADDRESS.sub("", ATTRIBUTION.sub("", fortune))
                folded = lower(APOSTROPHE.sub(accented, text) if code == "it" else text)
                letters = "".join(filter(ALPHABET.__contains__, folded))
                key = hashlib.sha256(letters.encode()).digest()
                reason = "repeated" if key in parts else fate(text, code, typed_well)
                fates[reason] += bool(letters)
                if letters and reason == "used":
                    parts[key] = letters
                    stray += sum(map(str.isalpha, folded)) - len(letters)
    held_out = "".join(parts[key] for key in sorted(parts) if key[0] % 5 == 0)
    training = Counter(letter for key in parts if key[0] % 5 for letter in parts[key])
    return Language(versions, fates, training, held_out, stray)


def counted(letters: str) -> str:
    """The letters in alphabetical order, each followed by its number if that is not one: "anna" is "a2n2"."""
    counts = sorted(Counter(letters).items())
    return "".join(letter + (str(number) if number > 1 else "") for letter, number in counts)


def training_csv(languages: dict[str, Language]) -> str:
    """One row a letter, one column a language."""
    rows = [["letter", *languages]]
    for letter in ALPHABET:
        rows.append([letter, *(str(language.training[letter]) for language in languages.values())])
    return "".join(",".join(row) + "\n" for row in rows)


def held_out_csv(languages: dict[str, Language]) -> str:
    """One row a chunk of the held-out text: language, length, counts."""
    rows = ["language,length,counts\n"]
    for code, language in languages.items():
        for length in LENGTHS:
            for start in range(0, min(CHUNKS * length, len(language.held_out) - length + 1), length):
                rows.append(f"{code},{length},{counted(language.held_out[start : start + length])}\n")
    return "".join(rows)


def summary(languages: dict[str, Language]) -> str:
    """The table of README.md."""
    fates = sum((language.fates for language in languages.values()), Counter[str]())
    reasons = ["used", *sorted(fates.keys() - {"used"})]
    heads = ["", "packages", *reasons, "letters, training", "letters, held out", "stray letters"]
    rows = [heads, ["---"] * 2 + ["--:"] * (len(heads) - 2)]
    for code, language in languages.items():
        packages = ", ".join(f"{package} {version}" for package, version in language.versions.items())
        letters = [language.training.total(), len(language.held_out), language.stray]
        numbers = [language.fates[reason] for reason in reasons] + letters
        rows.append([code, packages, *(f"{number:,}" for number in numbers)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> None:
    """Write the files, and print what README.md says of them."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            sys.exit(
                f"{tool} is missing: the texts are Debian packages; run this on Debian or in its container."
            )
    languages = {code: read(code) for code in SOURCES}
    for name, text in (("letters", training_csv(languages)), ("letters-heldout", held_out_csv(languages))):
        (DATA / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    print(summary(languages))


if __name__ == "__main__":
    main()
