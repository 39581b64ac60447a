// Brings a page's explorables to life without a kernel: mounts the script of each, written for JupyterLab's
// anywidget, on the state that the page holds. Where that fails, the picture that is there already stays.

/** What explorables use of anywidget's model: values by name, and who wants to know when one changes. */
function modelOf(values) {
  const events = new EventTarget();
  return {
    get: (name) => values[name],
    set(changes) {
      for (const [name, value] of Object.entries(changes)) {
        if (Object.is(values[name], value)) continue;
        values[name] = value;
        events.dispatchEvent(new Event(`change:${name}`));
      }
    },
    save_changes() {},
    on: (name, listener) => events.addEventListener(name, listener),
  };
}

/** Done once the slot is about to be seen: on a slow telephone an explorable takes half a second to begin. */
function near(slot) {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      resolve();
    }, { rootMargin: "25% 0px" });
    observer.observe(slot);
  });
}

async function mount(slot) {
  const life = new AbortController();
  const el = document.createElement("div");
  try {
    const { default: widget } = await import(`./widgets/${slot.dataset.module}.js`);
    await near(slot);
    const model = modelOf(JSON.parse(slot.dataset.state));
    slot.querySelector(":scope > svg").after(el); // in its place it knows its width and the page's language
    await widget.render({ model, el, signal: life.signal });
    slot.dataset.ready = "";
  } catch (error) {
    life.abort();
    el.remove();
    console.error(`explorable ${slot.dataset.module}:`, error);
  }
}

for (const slot of document.querySelectorAll("figure.kl-explorable")) mount(slot);
