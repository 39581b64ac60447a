// Before anything is painted: the reader's choice of light or dark, if one was made.
try {
  const chosen = localStorage.getItem("kl-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; then the system decides, as it does without JavaScript.
}
