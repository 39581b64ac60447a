// Brings a page's explorables to life without a kernel: mounts the script of each, written for JupyterLab's
// anywidget, on the state that the page holds. Where that fails, the picture that is there already stays.

/** What explorables use of anywidget's model: values by name, and who wants to know when one changes. */
class Model {
  #values;
  #listeners = new Map();
  #unsaved = false;

  constructor(values) {
    this.#values = values;
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    const changes = typeof name === "string" ? { [name]: value } : name;
    for (const [key, changed] of Object.entries(changes)) {
      if (Object.is(this.#values[key], changed)) continue;
      this.#values[key] = changed;
      this.#unsaved = true;
      this.#tell(`change:${key}`, changed);
    }
  }

  save_changes() {
    if (this.#unsaved) this.#tell("change");
    this.#unsaved = false;
  }

  on(names, listener) {
    for (const name of names.split(" ")) this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  #tell(name, ...details) {
    for (const listener of this.#listeners.get(name) ?? []) listener(this, ...details);
  }
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
    const model = new Model(JSON.parse(slot.dataset.state));
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
