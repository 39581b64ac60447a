"""What a figure of the book shows where its drawing cannot be shown."""

import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

from klhelpers.figures import BLUE, GREEN, ORANGE, png


def test_the_picture_keeps_the_colour_of_a_small_dot() -> None:
    fig, ax = plt.subplots()
    x = np.linspace(0, 6, 200)
    ax.fill_between(x, np.sin(x), color=BLUE, alpha=0.3)
    ax.plot(x, np.cos(x), color=GREEN)
    ax.plot(1, 0.5, "o", color=ORANGE, ms=5)
    picture = Image.open(io.BytesIO(png(fig))).convert("RGB")
    colours = np.array(picture, int).reshape(-1, 3)
    dot = 255 * np.array(to_rgb(ORANGE))
    assert np.abs(colours - dot).max(axis=1).min() <= 3
