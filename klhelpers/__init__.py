"""Kullback–Leibler divergence and its relatives: exact, fast, kind.

The first argument is the distribution averaged over; answers are in nats unless `base` says otherwise.
"""

from klhelpers.discrete import (
    cross_entropy,
    entropy,
    information,
    js_divergence,
    kl_divergence,
    kl_divergence_from_logits,
    renyi_divergence,
)

__all__ = [
    "cross_entropy",
    "entropy",
    "information",
    "js_divergence",
    "kl_divergence",
    "kl_divergence_from_logits",
    "renyi_divergence",
]
