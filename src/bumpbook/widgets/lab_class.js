// A page for a class: the files that its laboratories exported, bets against results, and who was surprised.

import { fromFile, results } from "./lab_rows.js";
import { element, followTheme, scheduler, svg } from "./frame.js";
import { described } from "./lab_notebook.js";
import { setOf } from "./lab_set.js";
import { thumbnail } from "./lab_choices.js";

/** @typedef {{who: string, row: import("./lab_rows.js").Row}} Entry */

const [WIDTH, EDGE] = [300, 44];

/** @param {import("./frame.js").Figure} figure */
export function classroom(figure) {
  const { root, say } = figure;
  /** @type {Entry[]} */
  let entries = [];
  /** @type {string[]} */
  let refused = [];
  const input = element("input", { type: "file", multiple: true, accept: ".json,application/json", "aria-label": "exported files" });
  const drop = element("div", { class: "bwlab-drop" }, element("p", {}, "Drop the files here that your class exported, or choose them:"), input);
  const picture = svg("svg", { class: "bwlab-bets", viewBox: `0 0 ${WIDTH + EDGE + 12} ${WIDTH + EDGE}`, role: "img" });
  const table = element("div", { class: "bwlab-rows" });
  const parts = element("div", { class: "bwfig-parts", hidden: true }, picture, table);

  /** @param {File[]} files */
  const take = async (files) => {
    refused = [];
    for (const file of files) {
      try {
        const { who, rows } = fromFile(await file.text());
        entries = joined(entries, who || file.name.replace(/\.json$/i, ""), rows);
      } catch (error) {
        refused.push(`${file.name} is left out: ${error instanceof Error ? error.message : error}.`);
      }
    }
    show();
  };
  input.addEventListener("change", () => take([...(input.files ?? [])]));
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...(event.dataTransfer?.files ?? [])]);
  });

  const show = scheduler(figure, () => {
    const colours = getComputedStyle(root);
    const rows = entries.map(({ who, row }) => ({ who, row, ...results(row) })).filter(({ held }) => held);
    const bets = rows.filter(({ row }) => row.bet !== null);
    parts.hidden = !entries.length;
    picture.replaceChildren(...scattered(bets.map(({ row, right, held }) => [/** @type {number} */ (row.bet) / held, right / held])));
    picture.setAttribute("aria-label", `${bets.length} bets against results, both as shares of the held-out labels`);
    const surprise = (/** @type {typeof rows[number]} */ { row, right, held }) => (row.bet === null ? 0 : Math.abs(row.bet - right) / held);
    const sorted = [...rows].sort((a, b) => surprise(b) - surprise(a));
    table.replaceChildren(...sorted.map(({ who, row, right, held }) =>
      element("div", { class: "bwlab-row" }, thumbnail(setOf(row.settings.rows), colours),
        element("div", { class: "bwlab-facts" }, element("b", {}, `${who}: ${right} of ${held} right${right === held ? ", the hole is filled" : ""}`),
          element("span", {}, row.bet === null ? "no bet" : `bet ${row.bet}, so ${Math.abs(row.bet - right)} off`), element("span", {}, described(row.settings)))))); // prettier-ignore
    const most = sorted.find(({ row }) => row.bet !== null);
    const filled = rows.filter(({ right, held }) => right === held).length;
    const people = new Set(entries.map(({ who }) => who)).size;
    const found = entries.length ? `${entries.length} runs of ${people} ${people === 1 ? "person" : "people"}: ${filled} of ${rows.length} holes were filled.${most ? ` The greatest surprise was ${most.who}'s.` : ""}` : "Nothing is here yet. The files stay in your browser.";
    say([found, ...refused].join(" "));
    root.toggleAttribute("data-failed", refused.length > 0);
    root.dataset.runs = String(entries.length); // for tests
  });
  root.append(drop, parts);
  followTheme(figure, show);
  show();
}

/**
 * All runs with those of one more file. A run that is there already is not counted twice; files of one name are told
 * apart, unless they share a run: then they are one person's.
 * @param {Entry[]} entries
 * @param {string} name
 * @param {import("./lab_rows.js").Row[]} rows
 * @returns {Entry[]}
 */
function joined(entries, name, rows) {
  const there = new Map(entries.map(({ who, row }) => [JSON.stringify(row), who]));
  const known = rows.map((row) => there.get(JSON.stringify(row))).find((who) => who !== undefined);
  const taken = new Set(there.values());
  let who = known ?? name;
  for (let i = 2; known === undefined && taken.has(who); i++) who = `${name} (${i})`;
  return [...entries, ...rows.filter((row) => !there.has(JSON.stringify(row))).map((row) => ({ who, row }))];
}

/** @param {number[][]} bets shares betted and shares right */
function scattered(bets) {
  const place = (/** @type {number} */ share) => EDGE + WIDTH * share;
  const depth = (/** @type {number} */ share) => 8 + (WIDTH - 8) * (1 - share);
  /** @type {SVGElement[]} */
  const parts = [svg("path", { class: "axis", d: `M${EDGE} 8V${WIDTH}H${EDGE + WIDTH}` }), svg("path", { class: "bwlab-betline", d: `M${place(0)} ${depth(0)}L${place(1)} ${depth(1)}` })];
  for (const share of [0, 0.5, 1]) {
    parts.push(svg("text", { x: place(share), y: WIDTH + 17, "text-anchor": "middle" }, `${100 * share} %`));
    parts.push(svg("text", { x: EDGE - 6, y: depth(share) + 4, "text-anchor": "end" }, `${100 * share} %`));
  }
  parts.push(svg("text", { x: EDGE + WIDTH / 2, y: WIDTH + 35, "text-anchor": "middle" }, "bet: held-out labels right"));
  parts.push(...bets.map(([bet, right]) => svg("circle", { class: "bwlab-dot", cx: place(bet), cy: depth(right), r: 6 })));
  return parts;
}
