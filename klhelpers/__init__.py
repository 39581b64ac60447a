"""Kullback–Leibler divergence and its relatives: exact, fast, kind.

Everything takes the distribution that is averaged over as its first argument and answers in nats unless `base` says otherwise.
"""

from klhelpers.discrete import cross_entropy, entropy, information, kl_divergence

__all__ = ["cross_entropy", "entropy", "information", "kl_divergence"]
