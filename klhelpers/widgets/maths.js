// Measures of distributions over finitely many events, in nats.

export function distributionFault(p) {
  if (!(p?.length > 0)) return { reason: "empty" };
  for (let index = 0; index < p.length; index++) {
    if (!Number.isFinite(p[index])) return { reason: "number", index, value: p[index] };
    if (p[index] < 0) return { reason: "negative", index, value: p[index] };
  }
  const value = p.reduce((total, x) => total + x, 0);
  return Math.abs(value - 1) <= 1e-8 ? null : { reason: "sum", value };
}

export function surprisal(p) {
  return -Math.log(p) + 0;
}

export function klTerms(p, q) {
  return p.map((x, i) => (x === 0 ? 0 : x * Math.log(x / q[i])));
}

export function entropy(p) {
  return p.reduce((total, x) => total + (x === 0 ? 0 : x * surprisal(x)), 0);
}

export function klDivergence(p, q) {
  return Math.max(0, klTerms(p, q).reduce((total, term) => total + term, 0));
}

export function crossEntropy(p, q) {
  return entropy(p) + klDivergence(p, q);
}
