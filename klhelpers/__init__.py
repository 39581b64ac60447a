"""Kullback–Leibler divergence and its relatives: exact, fast, kind. Arrays in and out are numpy's.

The first argument is the distribution averaged over; answers are in nats unless `base` says otherwise.
"""

from klhelpers.discrete import (
    cross_entropy,
    entropy,
    information,
    js_divergence,
    kl_divergence,
    kl_divergence_from_logits,
)
from klhelpers.estimates import Estimate, kl_from_counts, kl_from_log_ratios
from klhelpers.mixture import Fit, NormalMixture, fit_forward, fit_reverse, forward_kl, reverse_kl
from klhelpers.normal import kl_multivariate_normal, kl_normal
from klhelpers.renyi import renyi_divergence

__version__ = "0.1.0"
__all__ = [
    "Estimate",
    "Fit",
    "NormalMixture",
    "cross_entropy",
    "entropy",
    "fit_forward",
    "fit_reverse",
    "forward_kl",
    "information",
    "js_divergence",
    "kl_divergence",
    "kl_divergence_from_logits",
    "kl_from_counts",
    "kl_from_log_ratios",
    "kl_multivariate_normal",
    "kl_normal",
    "renyi_divergence",
    "reverse_kl",
]
