// What the scripts of a page share.

/** What the reader chose: read it, or keep a new `value`. Where storage is forbidden it lasts for this page. */
export function kept(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(key, value);
    return localStorage.getItem(key);
  } catch {
    return value ?? null;
  }
}

/** What the address leads to on this page. */
export const destination = () => document.getElementById(decodeURIComponent(location.hash.slice(1)));

export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
