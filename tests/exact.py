"""The definitions at as many digits as one likes: an oracle that shares nothing with the module."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import mpmath

Distribution = list[Any]


def normalised(values: Sequence[float]) -> Distribution:
    """The distribution that these numbers stand for, exactly as they are."""
    numbers = [mpmath.mpf(float(x)) for x in values]
    total = mpmath.fsum(numbers)
    return [x / total for x in numbers]


def softmax(logits: Sequence[float]) -> Distribution:
    numbers = [mpmath.exp(mpmath.mpf(float(x))) for x in logits]
    total = mpmath.fsum(numbers)
    return [x / total for x in numbers]


def entropy(p: Distribution) -> Any:
    return -mpmath.fsum(x * mpmath.log(x) for x in p if x > 0)


def cross_entropy(p: Distribution, q: Distribution) -> Any:
    pairs = [(x, y) for x, y in zip(p, q, strict=True) if x > 0]
    return mpmath.inf if any(y == 0 for _, y in pairs) else -mpmath.fsum(x * mpmath.log(y) for x, y in pairs)


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    pairs = [(x, y) for x, y in zip(p, q, strict=True) if x > 0]
    return (
        mpmath.inf if any(y == 0 for _, y in pairs) else mpmath.fsum(x * mpmath.log(x / y) for x, y in pairs)
    )


def js_divergence(p: Distribution, q: Distribution) -> Any:
    m = [(x + y) / 2 for x, y in zip(p, q, strict=True)]
    return (kl_divergence(p, m) + kl_divergence(q, m)) / 2


def renyi_divergence(p: Distribution, q: Distribution, alpha: float) -> Any:
    pairs = list(zip(p, q, strict=True))
    if alpha == 1:
        return kl_divergence(p, q)
    if alpha > 1 and any(x > 0 == y for x, y in pairs):
        return mpmath.inf
    if alpha == math.inf:
        return max(mpmath.log(x / y) for x, y in pairs if x > 0)
    order = mpmath.mpf(alpha)
    total = mpmath.fsum(x**order * y ** (1 - order) for x, y in pairs if x > 0 and y > 0)
    return mpmath.log(total) / (order - 1) if total > 0 else mpmath.inf


def kl_normal(mu1: float, sigma1: float, mu2: float, sigma2: float) -> Any:
    m1, s1, m2, s2 = (mpmath.mpf(float(x)) for x in (mu1, sigma1, mu2, sigma2))
    return (((m1 - m2) / s2) ** 2 + (s1 / s2) ** 2 - 1 - 2 * mpmath.log(s1 / s2)) / 2


def kl_multivariate_normal(mu1: Any, cov1: Any, mu2: Any, cov2: Any) -> Any:
    shift = mpmath.matrix(list(mu1)) - mpmath.matrix(list(mu2))
    first, second = mpmath.matrix(cov1.tolist()), mpmath.matrix(cov2.tolist())
    inverse = second**-1
    trace = mpmath.fsum((inverse * first)[i, i] for i in range(len(mu1)))
    distance = (shift.T * inverse * shift)[0]
    return (distance + trace - len(mu1) - mpmath.log(mpmath.det(first) / mpmath.det(second))) / 2


def relative_error(found: float, exact: Any) -> float:
    """How far off a result is; 0 where both are infinite."""
    if mpmath.isinf(exact) or math.isinf(found):
        return 0.0 if exact == found else math.inf
    return float(abs(mpmath.mpf(found) - exact) / abs(exact)) if exact else abs(found)
