"""The book to take along: each edition of the built site as one PDF and as one EPUB. What it needs of the book it reads
from the pages: their order from the index, their words from book/words.
"""
