/** What the reader chose: read it, or keep a new `value`. Where storage is forbidden it lasts for this page. */
export function kept(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(key, value);
    return localStorage.getItem(key);
  } catch {
    return value ?? null;
  }
}
