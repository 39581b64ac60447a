// Before anything is painted: the reader's choices of light or dark, and of the language, if they were made.
try {
  const chosen = localStorage.getItem("kl-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
  // Whoever comes from elsewhere to the first page gets it in the language that they chose when they were here.
  const { language, first } = document.currentScript.dataset;
  const other = localStorage.getItem("kl-language");
  if (first && other && other !== language && !document.referrer.startsWith(location.origin)) location.replace(first);
} catch {
  // Storage may be forbidden; then the system decides, as it does without JavaScript.
}
