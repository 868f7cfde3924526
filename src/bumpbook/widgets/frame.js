// The frame of a living figure: its box, its controls, its words for a screen reader, light and dark.

/**
 * What a front end hands to a widget (anywidget's model).
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, callback: () => void) => void} on
 * @property {(event: string, callback: () => void) => void} off
 */

/**
 * `say` writes under the figure, and speaks `aloud` what the eye has from the picture, when that is more.
 * @typedef {{root: HTMLElement, model: Model, say: (text: string, aloud?: string) => void, end: (stop: () => void) => void}} Figure
 */

const SVG = "http://www.w3.org/2000/svg";

/** Where an arrow key moves a point. @type {Record<string, [number, number]>} */
export const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * An HTML element with attributes (a false one is left out) and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== false) made.setAttribute(name, String(value));
  made.append(...children);
  keepKeys(made);
  return made;
}

/**
 * JupyterLab takes the arrow keys and Enter of whatever has the focus for its own, but where that very part says no.
 * @param {Element} part
 */
function keepKeys(part) {
  if (part.matches("input, button, select, textarea, [tabindex]")) part.setAttribute("data-lm-suppress-shortcuts", "true");
}

/**
 * An SVG element with attributes and children.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * What draws on a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export function brushFor(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no 2D canvas");
  return context;
}

/**
 * Build a figure in `host`; whatever goes wrong is said in its own frame, and the page goes on.
 * @param {HTMLElement} host
 * @param {Model} model
 * @param {string} title what the figure is called aloud
 * @param {(figure: Figure) => void} build
 * @returns {() => void} takes the figure away again
 */
export function mount(host, model, title, build) {
  const root = element("div", { class: "bwfig", role: "group", "aria-label": title });
  const seen = element("p", { class: "bwfig-status", "aria-hidden": "true" });
  const heard = element("p", { class: "bwfig-heard", role: "status" });
  /** @type {(() => void)[]} */
  const ends = [];
  let timer = 0;
  let spoken = "";
  const say = (/** @type {string} */ text, aloud = text) => {
    seen.textContent = text;
    if (aloud === spoken) return;
    spoken = aloud;
    clearTimeout(timer); // the eye may follow every step; the ear gets where it came to rest
    timer = setTimeout(() => { heard.textContent = aloud; }, 500);
  };
  host.append(root);
  try {
    build({ root, model, say, end: (stop) => ends.push(stop) });
    root.append(seen, heard);
    root.querySelectorAll("*").forEach(keepKeys);
  } catch (error) {
    complain(root, error);
  }
  return () => {
    clearTimeout(timer);
    for (const stop of ends) stop();
    root.remove();
  };
}

/**
 * Say in the figure's frame, in one sentence, why it cannot be shown.
 * @param {HTMLElement} root
 * @param {unknown} error
 */
function complain(root, error) {
  const reason = error instanceof Error ? error.message : String(error);
  root.replaceChildren(element("p", { class: "bwfig-error", role: "alert" }, `This figure cannot be shown: ${reason}.`));
}

/**
 * Call `draw` before the next screen refresh, once however often it is asked for.
 * @param {Figure} figure
 * @param {() => void} draw
 * @returns {() => void}
 */
export function scheduler(figure, draw) {
  let waiting = 0;
  figure.end(() => cancelAnimationFrame(waiting));
  return () => {
    if (waiting) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      try {
        draw();
      } catch (error) {
        complain(figure.root, error);
      }
    });
  };
}

/**
 * Follow traits of the model for as long as the figure is shown.
 * @param {Figure} figure
 * @param {string[]} traits
 * @param {() => void} changed
 */
export function follow(figure, traits, changed) {
  for (const name of traits) {
    const { model } = figure;
    const event = `change:${name}`;
    model.on(event, changed);
    figure.end(() => model.off(event, changed));
  }
}

/**
 * Set a trait here at once, and on the kernel's side at most ten times a second.
 * @param {Model} model
 * @returns {(name: string, value: any) => void}
 */
export function setter(model) {
  let timer = 0;
  return (name, value) => {
    model.set(name, value);
    timer ||= setTimeout(() => {
      timer = 0;
      model.save_changes();
    }, 100);
  };
}

/**
 * A range slider with its name before it and its value in words behind it.
 * @param {{name: string, min: number, max: number, step: number, value: () => number,
 *   words: (value: number) => string, input: (value: number) => void, wide?: boolean}} options
 * @returns {{row: HTMLElement, input: HTMLInputElement, refresh: () => void}} refresh: take the value up again
 */
export function slider({ name, min, max, step, value, words, input, wide }) {
  const range = element("input", { type: "range", min, max, step, "aria-label": name });
  const output = element("span", { class: "bwfig-value", "aria-hidden": "true" });
  const row = element("div", { class: wide ? "bwfig-row bwfig-wide" : "bwfig-row" }, element("span", {}, name), range, output);
  const refresh = () => {
    range.value = String(value());
    output.textContent = words(value());
    range.setAttribute("aria-valuetext", words(value()));
  };
  range.addEventListener("input", () => {
    input(Number(range.value));
    refresh();
  });
  refresh();
  return { row, input: range, refresh };
}

/**
 * A few options of which one is chosen.
 * @param {{name: string, options: Record<string, string>, value: () => string, input: (value: string) => void}} settings
 * @returns {{row: HTMLElement, refresh: () => void}}
 */
export function choice({ name, options, value, input }) {
  const group = `bwfig-${crypto.getRandomValues(new Uint32Array(1))[0]}`; // unlike that of any other figure
  const row = element("fieldset", { class: "bwfig-choice" }, element("legend", {}, name));
  /** @type {HTMLInputElement[]} */
  const buttons = [];
  for (const [key, text] of Object.entries(options)) {
    const radio = element("input", { type: "radio", name: group, value: key });
    radio.addEventListener("change", () => input(key));
    buttons.push(radio);
    row.append(element("label", {}, radio, text));
  }
  const refresh = () => buttons.forEach((radio) => { radio.checked = radio.value === value(); });
  refresh();
  return { row, refresh };
}

/**
 * A box to tick.
 * @param {{name: string, value: () => boolean, input: (value: boolean) => void}} settings
 * @returns {{row: HTMLElement, refresh: () => void}}
 */
export function tick({ name, value, input }) {
  const box = element("input", { type: "checkbox" });
  const refresh = () => { box.checked = value(); };
  box.addEventListener("change", () => input(box.checked));
  refresh();
  return { row: element("label", { class: "bwfig-tick" }, box, name), refresh };
}

/**
 * A button.
 * @param {string} text
 * @param {() => void} press
 * @returns {HTMLButtonElement}
 */
export function button(text, press) {
  const made = element("button", { type: "button" }, text);
  made.addEventListener("click", press);
  return made;
}

const FORCED = "(forced-colors: active)"; // the reader's system has few colours, the same for all pages
const DARK = "(prefers-color-scheme: dark)";

/** @returns {boolean} does the surrounding page (book, JupyterLab, Colab, VS Code) have a dark ground? */
function isDark() {
  if (matchMedia(FORCED).matches) return matchMedia(DARK).matches; // the system's ground, whatever the page says
  const { documentElement: html, body } = document;
  if (html.dataset.theme) return html.dataset.theme === "dark";
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
  return html.getAttribute("theme") === "dark" || body.classList.contains("vscode-dark");
}

/**
 * Keep the figure's colours those of the page, and draw it again when they change.
 * @param {Figure} figure
 * @param {() => void} redraw
 */
export function followTheme(figure, redraw) {
  const apply = () => figure.root.toggleAttribute("data-dark", isDark());
  const look = () => {
    const before = figure.root.hasAttribute("data-dark");
    apply();
    if (before !== figure.root.hasAttribute("data-dark")) redraw();
  };
  for (const query of [FORCED, DARK].map((words) => matchMedia(words))) {
    query.addEventListener("change", look);
    figure.end(() => query.removeEventListener("change", look));
  }
  const watch = new MutationObserver(look);
  for (const node of [document.documentElement, document.body]) watch.observe(node, { attributes: true });
  figure.end(() => watch.disconnect());
  apply();
}

/** @returns {boolean} has the reader asked for less motion? */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * A play button that walks through frames, from the start again when it stands at the end.
 * @param {Figure} figure
 * @param {{last: number, value: () => number, input: (value: number) => void}} settings
 * @returns {HTMLButtonElement}
 */
export function player(figure, { last, value, input }) {
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    made.textContent = "Play";
  };
  const made = button("Play", () => {
    if (timer) return stop();
    if (value() >= last) input(0);
    made.textContent = "Pause";
    timer = setInterval(() => (value() < last ? input(value() + 1) : stop()), 450);
  });
  figure.end(stop);
  return made;
}
