// The laboratory: paint a training set, bet, train on it, ask. Or two finished runs to ask, or a page for a class.

import { bench } from "./lab_bench.js";
import { button, element, followTheme, mount, scheduler } from "./frame.js";
import { checked, linkOf } from "./lab_settings.js";
import { classroom } from "./lab_class.js";
import { compare } from "./lab_compare.js";
import { bytes, floats } from "./pixels.js";
import { COUNT } from "./lab_set.js";
import { inflate } from "./lab_pack.js";
import { book } from "./staff.js";

/**
 * The network with its bytes as numbers.
 * @param {import("./frame.js").Model} model
 * @returns {import("./lab_settings.js").Network}
 */
function networkOf(model) {
  const network = { ...model.get("_network") };
  return { ...network, alphaBar: floats(network.alphaBar, "noise levels", network.alphaBar.byteLength / 4) };
}

/**
 * The answers that came with the page.
 * @param {import("./frame.js").Model} model
 * @param {number} size
 * @returns {Promise<import("./lab_compare.js").Answer[]>}
 */
function answersOf(model, size) {
  return Promise.all(model.get("_answers").map(async (/** @type {any} */ { title, settings, off, pictures }) => ({
    title, settings: checked(settings), off: bytes(off, "verdicts", COUNT),
    pictures: await inflate(bytes(pictures, "drawings", pictures.byteLength), COUNT * size * size) }))); // prettier-ignore
}

/**
 * Two shipped answers, and the way to the laboratory.
 * @param {import("./frame.js").Figure} figure
 * @param {import("./lab_compare.js").Answer[]} answers
 * @param {number} size
 */
function pair(figure, answers, size) {
  const { root, model, say } = figure;
  const refresh = scheduler(figure, () => show());
  const both = compare(answers, size, model.get("start"), refresh);
  const show = () => {
    both.show(getComputedStyle(root));
    say(`${both.words()} These drawings came with the page; nothing had to be loaded.`);
  };
  const key = (/** @type {string} */ look, /** @type {string} */ text) => element("span", {}, element("i", { class: look, "aria-hidden": "true" }), text);
  root.append(both.root, element("p", { class: "bwlab-legend" }, key("bwlab-k-seen", "trained on"), key("bwlab-k-held", "never seen"),
    key("bwlab-k-right", "never seen, drawn right"), key("bwlab-k-near", "close: within 1 px, not .45"), key("bwlab-k-wrong", "wrong"))); // prettier-ignore
  if (book()) {
    const to = `${book()}../book/laboratory.html`;
    const go = button("Paint your own set and train on it, here in your browser", () => { location.href = `${to}${linkOf(answers[0].settings)}`; });
    go.classList.add("bwlab-go");
    root.append(element("div", { class: "bwfig-buttons" }, go));
  }
  followTheme(figure, refresh);
  show();
}

/** @param {import("./frame.js").Figure} figure */
function build(figure) {
  const { root, model } = figure;
  const view = model.get("view");
  root.classList.add("bwlab");
  root.dataset.view = view;
  if (view === "class") return classroom(figure);
  const network = networkOf(model);
  let gone = false;
  figure.end(() => { gone = true; });
  const begin = (/** @type {import("./lab_compare.js").Answer[]} */ answers) => {
    if (gone) return;
    if (view === "compare") pair(figure, answers, network.size);
    else bench(figure, network, answers);
    // mount has put the words under an empty frame
    for (const name of [".bwfig-status", ".bwfig-heard"]) root.append(/** @type {Node} */ (root.querySelector(`:scope > ${name}`)));
  };
  answersOf(model, network.size).then(begin, () => begin([]));
}

/** @param {{model: import("./frame.js").Model, el: HTMLElement}} context */
const render = ({ model, el }) => mount(el, model, "The laboratory", build);

export default { render };
