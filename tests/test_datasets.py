"""What is true of the letter counts and the penguins, and of the functions that read them."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from klhelpers.datasets import count_letters, held_out, letter_counts, penguin_measurements

LENGTHS = (20, 50, 100, 200)
LETTERS, LANGUAGES, COUNTS = letter_counts()
SMOOTH = (COUNTS + 0.5) / (COUNTS + 0.5).sum(axis=1, keepdims=True)


def count(language, letter):
    return COUNTS[LANGUAGES.index(language), LETTERS.index(letter)]


def share_of_right_guesses(length):
    labels, counts = held_out(length)
    guesses = np.array(LANGUAGES)[(counts @ np.log(SMOOTH).T).argmax(axis=1)]
    return np.mean(guesses == labels)


def test_the_alphabet_is_sorted_single_lower_case_letters_without_repetition():
    assert list(LETTERS) == sorted(set(LETTERS))
    for letter in LETTERS:
        assert len(letter) == 1 and letter.isalpha()
        assert letter == letter.lower() == unicodedata.normalize("NFC", letter)


def test_counts_are_integers_and_every_letter_occurs_in_some_language():
    assert COUNTS.shape == (len(LANGUAGES), len(LETTERS))
    assert COUNTS.dtype == np.int64
    assert COUNTS.min() == 0 < COUNTS.sum(axis=0).min()


@pytest.mark.parametrize("own", ["de ß", "es ñ", "pt ã", "pl ł", "cs ř"])
def test_a_letter_of_one_alphabet_occurs_in_that_language_alone(own):
    language, letter = own.split()
    assert [code for code in LANGUAGES if count(code, letter) > 0] == [language]


def test_one_foreign_word_in_english_makes_its_divergence_from_polish_infinite():
    english, polish = COUNTS[LANGUAGES.index("en")].copy(), COUNTS[LANGUAGES.index("pl")]
    assert count("en", "é") == 1 and entropy(english, polish) == np.inf
    english[LETTERS.index("é")] = 0
    assert entropy(english, polish, base=2) == pytest.approx(0.47, abs=0.005)


MARKS = ("\N{COMBINING ACUTE ACCENT}", "\N{COMBINING CARON}", "\N{COMBINING TILDE}")


@pytest.mark.parametrize("length", LENGTHS)
def test_each_language_has_a_hundred_chunks_of_exactly_that_length_or_all_its_text_gives(length):
    labels, counts = held_out(length)
    assert counts.shape == (len(labels), len(LETTERS))
    assert set(counts.sum(axis=1)) == {length}
    of = {language: np.sum(labels == language) for language in LANGUAGES}
    assert of.pop("eo") == (70 if length == 200 else 100)
    assert set(of.values()) == {100}


def test_held_out_text_is_closest_to_the_training_text_of_its_own_language():
    labels, counts = held_out(200)
    for i, language in enumerate(LANGUAGES):
        chunks = counts[labels == language].sum(axis=0)
        divergences = [entropy(chunks, q, base=2) for q in SMOOTH]
        assert np.argmin(divergences) == i
        assert divergences[i] < 0.01


def test_longer_chunks_are_told_apart_better():
    shares = [share_of_right_guesses(length) for length in LENGTHS]
    assert shares == sorted(shares)
    assert shares[0] > 0.75 and shares[-1] > 0.99


@pytest.mark.parametrize("length", [0, 19, 201, -20])
def test_an_unknown_length_is_refused_by_name(length):
    with pytest.raises(ValueError, match=rf"length must be one of \[20, 50, 100, 200\], but found {length}"):
        held_out(length)


@given(st.text(alphabet=[*LETTERS, *"AEOZ 1.", *MARKS]))
def test_how_the_accents_of_a_text_are_encoded_does_not_matter(text):
    composed = count_letters(unicodedata.normalize("NFC", text), LETTERS)
    assert np.array_equal(count_letters(text, LETTERS), composed)
    assert np.array_equal(count_letters(unicodedata.normalize("NFD", text), LETTERS), composed)


def test_capitals_count_as_their_small_letters():
    small = "".join(set(LETTERS) - {"ß"})  # whose usual capital is SS
    assert count_letters(small.upper(), small).tolist() == [1] * len(small)
    assert count_letters("1 + 1 = 2; Привет", LETTERS).sum() == 0


PENGUINS = penguin_measurements()


# Millimetres and grams, both sexes together, as summaries of these data give them.
@pytest.mark.parametrize("species, birds, means", [
    ("Adelie", 151, [38.8, 18.3, 190.0, 3701]),
    ("Chinstrap", 68, [48.8, 18.4, 195.8, 3733]),
    ("Gentoo", 123, [47.5, 15.0, 217.2, 5076]),
])  # fmt: skip
def test_each_species_has_its_published_size(species, birds, means):
    these = species == PENGUINS.species
    assert np.sum(these) == birds
    assert [measured[these].mean() for measured in PENGUINS[1:]] == pytest.approx(means, abs=0.05, rel=1e-4)
