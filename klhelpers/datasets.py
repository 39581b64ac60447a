"""Real data for the book: letters of eight languages, sizes of three penguins (origin: data/README.md)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


class LetterCounts(NamedTuple):
    """How often each letter occurs in each language's training text.

    `counts[i, j]` is the number of times that `letters[j]` occurs in `languages[i]` (ISO 639-1 codes).
    A letter that does not occur in a language counts 0.
    """

    letters: tuple[str, ...]
    languages: tuple[str, ...]
    counts: Counts


def _rows(name: str) -> list[list[str]]:
    """The rows of a data file, the header first."""
    return list(csv.reader((files(__package__) / "data" / name).read_text(encoding="utf-8").splitlines()))


def letter_counts() -> LetterCounts:
    """The training counts, shape (languages, letters).

    >>> letters, languages, counts = letter_counts()
    >>> languages
    ('cs', 'de', 'en', 'eo', 'es', 'it', 'pl', 'pt')
    >>> counts.shape == (len(languages), len(letters))
    True
    >>> dict(zip(languages, counts[:, letters.index("ß")].tolist()))["en"]
    0
    """
    (_, *languages), *rows = _rows("letters.csv")
    letters, *counts = zip(*rows, strict=True)
    return LetterCounts(letters, tuple(languages), np.array(counts, dtype=np.int64))


def held_out(length: int) -> tuple[NDArray[np.str_], Counts]:
    """Counts of chunks of `length` consecutive letters from texts that `letter_counts` did not see.

    Returns the language of each chunk, shape (chunks,), and its counts, shape (chunks, letters), with the
    letters in the order of `letter_counts().letters`. Up to 100 chunks a language; chunks of one length do
    not overlap. ValueError if there are no chunks of that length.

    >>> labels, counts = held_out(20)
    >>> len(labels) == len(counts), set(counts.sum(axis=1).tolist())
    (True, {20})
    """
    rows = _rows("letters-heldout.csv")[1:]
    lengths = sorted({int(row[1]) for row in rows})
    if length not in lengths:
        raise ValueError(f"length must be one of {lengths}, but found {length!r}")
    column = {letter: j for j, letter in enumerate(letter_counts().letters)}
    chosen = [(language, chunk) for language, chunk_length, chunk in rows if int(chunk_length) == length]
    counts = np.zeros((len(chosen), len(column)), dtype=np.int64)
    for i, (_, chunk) in enumerate(chosen):
        for letter, number in re.findall(r"(\D)(\d*)", chunk):  # "a2n2b" is a twice, n twice, b once
            counts[i, column[letter]] = int(number or 1)
    return np.array([language for language, _ in chosen]), counts


def count_letters(text: str, letters: Sequence[str]) -> Counts:
    """How often each of `letters` occurs in `text`, whatever its case; other characters are ignored.

    >>> count_letters("Ähnlich? Nein: ÄHNLICHER!", ["a", "h", "n", "ä"])
    array([0, 4, 4, 2])
    """
    seen = Counter(unicodedata.normalize("NFC", text.lower()))
    return np.array([seen[letter] for letter in letters], dtype=np.int64)


class Penguins(NamedTuple):
    """Measurements of 342 penguins, an array of one value a bird each: mm, and g for the mass."""

    species: NDArray[np.str_]
    bill_length: NDArray[np.float64]
    bill_depth: NDArray[np.float64]
    flipper_length: NDArray[np.float64]
    body_mass: NDArray[np.float64]


def penguin_measurements() -> Penguins:
    """The birds that were measured near Palmer Station, Antarctica: Adelie, Chinstrap and Gentoo.

    >>> birds = penguin_measurements()
    >>> len(birds.species), sorted(set(birds.species.tolist()))
    (342, ['Adelie', 'Chinstrap', 'Gentoo'])
    >>> round(float(birds.flipper_length.mean()), 6)
    200.915205
    """
    species, *measured = zip(*_rows("penguins.csv")[1:], strict=True)
    return Penguins(np.array(species), *np.array(measured, dtype=np.float64))
