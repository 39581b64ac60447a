// Numbers that look random and are the same on every machine, in JavaScript as in Python (_random.py).

const GOLDEN = 0x9e3779b9; // 2³² divided by the golden ratio, odd

/** Mix 32 bits, one to one (the last step of MurmurHash3). */
function mixed(x) {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The numbers of a seed: a function from k = 0, 1, 2, … to a whole number below 2³². */
export function draws(seed) {
  const start = mixed(seed);
  return (k) => mixed((start + Math.imul(k, GOLDEN)) | 0);
}
