// The notebook: finished runs as rows, two of them side by side, and what can be taken along: Python, a link, JSON.

import { CHANGED, LONGEST, readRows, results, toFile, writeRows } from "./lab_rows.js";
import { KINDS, LANGUAGES, linkOf, toPython } from "./lab_settings.js";
import { button, element } from "./frame.js";
import { fromText, inflate } from "./lab_pack.js";
import { COUNT, setOf } from "./lab_set.js";
import { compare } from "./lab_compare.js";
import { thumbnail } from "./lab_choices.js";

/** @typedef {import("./lab_rows.js").Row} Row */

/**
 * @param {import("./frame.js").Figure} figure
 * @param {import("./lab_settings.js").Network} network
 * @param {{open: (row: Row) => void, colours: () => CSSStyleDeclaration}} does
 */
export function notebook(figure, network, { open, colours }) {
  const [list, beside] = [element("div", { class: "bwlab-rows" }), element("div")];
  const note = element("p", { class: "bwlab-note", role: "status" });
  const text = element("textarea", { readonly: true, rows: 9, "aria-label": "to take along", spellcheck: "false" });
  text.hidden = true;
  /** @type {Set<string>} */
  const chosen = new Set();
  const name = element("input", { type: "text", class: "bwlab-who", maxlength: LONGEST, placeholder: "your name, for a class", "aria-label": "your name, for the file" });
  const save = button("Export JSON", () => {
    const [{ rows }, who] = [readRows(), name.value.trim()];
    const address = URL.createObjectURL(new Blob([toFile(rows, who)], { type: "application/json" }));
    const download = ["laboratory", ...(who.match(/[\p{L}\p{N}]+/gu) ?? [])].join("-");
    element("a", { href: address, download: `${download}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
  const root = element("section", { class: "bwlab-notebook" }, element("p", { class: "bwlab-head" }, "Your notebook"), note, list,
    element("div", { class: "bwfig-buttons" }, save, name), text, beside); // prettier-ignore

  /** @param {string} what */
  const take = (what) => {
    text.hidden = false;
    text.value = what;
    text.select();
    navigator.clipboard?.writeText(what).catch(() => {});
    note.textContent = "Copied; it stands below, too.";
  };
  /** @type {ReturnType<typeof compare> | null} */
  let pair = null;
  const side = async () => {
    const rows = readRows().rows.filter(({ when }) => chosen.has(when));
    try {
      const pixels = COUNT * network.size ** 2;
      const answers = await Promise.all(rows.map(async ({ settings, off, pictures }, i) =>
        ({ title: `${"AB"[i]}: ${described(settings)}`, settings, off: fromText(off), pictures: await inflate(fromText(pictures), pixels) }))); // prettier-ignore
      pair = answers.length === 2 ? compare(answers, network.size, [7, 7], () => pair?.show(colours())) : null;
    } catch (error) {
      pair = null;
      note.textContent = `These rows cannot be compared: ${error instanceof Error ? error.message : error}.`;
    }
    beside.replaceChildren(...(pair ? [pair.root] : []));
    pair?.show(colours());
  };

  /** @param {Row} row */
  const line = (row) => {
    const { settings, bet, seconds, when } = row;
    const { held, right, near, learned, train } = results(row);
    const box = element("input", { type: "checkbox", "aria-label": `compare ${described(settings)}`, checked: chosen.has(when) });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(when);
      else chosen.delete(when);
      for (const other of [...chosen].slice(0, -2)) chosen.delete(other); // two at a time
      show();
    });
    const found = held ? `${right} of ${held} right` : "nothing held out";
    const fine = [held && bet !== null ? `you bet ${bet}` : "", held ? `${near} within 1 px` : "", `${learned} of ${train} trained ones right`, `${Math.round(seconds)} s`].filter(Boolean).join(" · ");
    const remove = () => {
      chosen.delete(when);
      writeRows(readRows().rows.filter((other) => other.when !== when));
    };
    return element("div", { class: "bwlab-row" }, element("label", {}, box, thumbnail(setOf(settings.rows), colours())),
      element("div", { class: "bwlab-facts" }, element("b", {}, found), element("span", {}, fine), element("span", {}, described(settings))),
      element("div", { class: "bwlab-does" }, button("Open", () => open(row)), button("Python", () => take(toPython(settings, network))),
        button("Link", () => {
          history.pushState(null, "", linkOf(settings));
          take(location.href);
        }), button("Delete", remove))); // prettier-ignore
  };

  function show() {
    const { rows, note: wrong } = readRows();
    if (wrong) note.textContent = wrong;
    root.hidden = !rows.length && !wrong;
    list.replaceChildren(...rows.map(line).reverse());
    save.disabled = !rows.length;
    side();
  }
  const hear = () => show();
  for (const event of [CHANGED, "storage"]) addEventListener(event, hear);
  figure.end(() => [CHANGED, "storage"].forEach((event) => removeEventListener(event, hear)));
  return { root, show };
}

/** @param {import("./lab_settings.js").Settings} settings */
export const described = ({ kind, sigma, language, seed }) => `${/** @type {any} */ (KINDS)[kind]}, width ${sigma} px, told ${LANGUAGES[language]}, seed ${seed}`;
