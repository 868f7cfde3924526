// The bench of the laboratory: the painted set, the bet, the run, the drawing, and everything that shows them.

import { Asker } from "./lab_ask.js";
import { Paint, reach } from "./lab_paint.js";
import { Training } from "./lab_training.js";
import { addRow, results } from "./lab_rows.js";
import { button, element, follow, followTheme, scheduler, setter } from "./frame.js";
import { checked, fromLink, linkOf } from "./lab_settings.js";
import { counts, rowsOf, setOf } from "./lab_set.js";
import { curves } from "./lab_curves.js";
import { deflate, toText } from "./lab_pack.js";
import { drawing, tidy, verdict } from "./lab_drawing.js";
import { inside } from "./lab_inside.js";
import { map } from "./lab_map.js";
import { notebook } from "./lab_notebook.js";
import { path, shelf, world } from "./lab_choices.js";
import { wager } from "./lab_bet.js";
import { book } from "./staff.js";

/** @typedef {import("./lab_settings.js").Settings} Settings */

const LOADING = "Loading what it needs …";

/**
 * @param {import("./frame.js").Figure} figure
 * @param {import("./lab_settings.js").Network} network
 * @param {import("./lab_compare.js").Answer[]} answers that came with the page
 */
export function bench(figure, network, answers) {
  const { root, model, say } = figure;
  const trait = setter(model);
  let settings = checked(model.get("settings"));
  let [tool, cell, bet, trouble] = ["brush", 119, /** @type {number | null} */ (null), ""];
  /** @type {import("./lab_rows.js").Row | null} */
  let row = null;
  const refresh = scheduler(figure, () => show());
  const alike = (/** @type {Settings} */ other) => JSON.stringify({ ...other, seed: 0 }) === JSON.stringify({ ...settings, seed: 0 });

  const training = new Training(figure, network, () => {
    refresh();
    if (training.looks.length !== model.get("history").length) trait("history", training.looks);
    asker.refresh();
  }, finish);
  const asker = new Asker(figure, training, () => answers.find((answer) => alike(answer.settings)) ?? null, refresh);
  const paint = new Paint(setOf(settings.rows), () => change({ rows: rowsOf(paint.set) }));

  /** Another question: what was trained on the last one is put away. */
  function change(/** @type {Partial<Settings>} */ some) {
    settings = { ...settings, ...some };
    if (training.begun || training.going || training.failed) training.again();
    [bet, row, trouble] = [null, null, ""];
    if (tool === "ask" && some.rows) tool = "brush";
    trait("settings", settings);
    refresh();
  }
  // an address has one question, for the first figure; in a notebook it is somebody else's
  const addressed = () => book() !== undefined && document.querySelector(".bwlab[data-view='lab']") === root;
  /** @param {Settings} other */
  const open = (other) => {
    paint.begin();
    paint.set = setOf(other.rows);
    change(other);
  };
  const press = () => {
    if (training.going) training.going = false;
    else {
      if (training.done) {
        const betted = bet;
        change({ seed: Math.floor(Math.random() * 2 ** 32) });
        bet = betted;
      }
      tool = "ask";
      // whoever loads the page again in the midst of it finds the same question
      if (addressed()) history.replaceState(null, "", linkOf(settings));
      training.go(settings);
    }
    refresh();
  };
  const stop = () => {
    training.again();
    [bet, row, tool] = [null, null, "brush"];
    refresh();
  };
  async function finish() {
    const { life, off, pictures, milliseconds } = training;
    const packed = await deflate(pictures.slice()).catch(() => new Uint8Array(0));
    if (life !== training.life) return;
    row = { when: new Date().toISOString(), settings, bet, seconds: milliseconds / 1000, off: toText(off), pictures: toText(packed) };
    addRow(row);
    if (!book()) /** @type {any} */ (model).send({ weights: settings }, undefined, [(await training.weights()).buffer]);
    refresh();
  }

  // ---- what is seen ----
  const field = map("Map of the labels. Arrow keys move, space paints, shift and an arrow draw.");
  const picture = drawing(network.size);
  const tools = toolbox(() => tool, (name) => { tool = name; refresh(); }, paint);
  const count = element("p", { class: "bwlab-count" });
  const sets = shelf(model.get("_presets"), (set) => paint.replace(set));
  const about = world(() => settings, change);
  const bets = wager({ bet: (value) => { bet = value; refresh(); }, start: press, stop }, network.steps);
  const steps = path(["Paint what it may see", "Bet on the rest", "Train", "Ask it anything"]);
  const [plot, cloud] = [curves(network.steps), inside()];
  const offer = element("div", {}, element("p", { class: "bwlab-head" }, "Begin with"), sets.root, about.root);
  const colours = () => getComputedStyle(root);
  const pages = notebook(figure, network, { open: (kept) => open(kept.settings), colours });
  const head = element("p", { class: "bwlab-head" });
  const play = button("Watch it draw", () => asker.play());
  const again = button("New noise", () => asker.renew());
  cloud.root.classList.add("bwlab-inside");
  root.append(steps.root, element("div", { class: "bwlab-bench" },
    element("section", { class: "bwlab-left" }, element("p", { class: "bwlab-head" }, "What it may see"), field.root, count, tools.root),
    element("section", { class: "bwlab-mid" }, head, picture.root, element("div", { class: "bwfig-buttons" }, play, again)),
    element("section", { class: "bwlab-right" }, offer, bets.root, plot.root), cloud.root), pages.root); // prettier-ignore
  reach(field.root, { tool: () => (training.going ? "ask" : tool), paint, cell: () => cell, at: (now) => { cell = now; refresh(); },
    point: () => asker.point, move: (label) => asker.move(label) }); // prettier-ignore

  let spoken = "";
  const show = () => {
    const { begun, going, done, failed, loading, losses, off } = training;
    const [set, style, number] = [paint.set, colours(), counts(paint.set)];
    const shown = asker.shown;
    const asks = tool === "ask" || going;
    const right = row ? results(row).right : null;
    field.show({ set, off: begun ? off : null, point: asks || begun || shown ? asker.point : null, cell: asks || !field.root.matches(":focus-visible") ? null : cell, ended: done, colours: style });
    field.root.dataset.tool = asks ? "ask" : tool;
    const at = `(${asker.point.map(tidy).join(", ")})`;
    const seen = set[Math.round(asker.point[0]) + 16 * Math.round(asker.point[1])] ? "trained on" : "never seen";
    head.textContent = `What it draws at ${at}`;
    picture.show(shown?.image ?? null, asker.point, settings.sigma, shown ? (shown.ended ? `${verdict(shown.off)} (${seen})` : "drawing …") : "Nothing yet: it has not been trained.", shown?.ended ? shown.off <= 45 : null);
    count.textContent = `${number.train} labels to train on, ${number.held} held out · ${number.xs} of 16 values of x seen, ${number.ys} of y`;
    tools.show(going, Boolean(paint.before.length));
    sets.show(settings.rows, going, style);
    about.show(going);
    bets.show(number, bet, training, right);
    steps.show(begun || going ? (done ? 3 : 2) : bet !== null ? 1 : 0);
    play.disabled = again.disabled = !begun;
    offer.hidden = begun || going;
    plot.root.hidden = cloud.root.hidden = !begun;
    if (begun) {
      plot.show(training.looks, bet !== null && number.held ? bet / number.held : null);
      cloud.show(training.cloud.shown(), set, root.hasAttribute("data-dark"), style);
    }
    root.toggleAttribute("data-failed", Boolean(failed || trouble));
    root.dataset.step = String(losses.length); // for tests and timings
    root.dataset.done = String(done && row !== null);
    root.dataset.drawn = shown?.ended && (!begun || asker.fresh) ? asker.point.join(" ") : "";
    const text = trouble || failed || sentence(training, number.held, bet, right);
    // the ear is told where things come to rest, not every step
    if (!going) spoken = text;
    else if (loading) spoken = LOADING;
    say(text, spoken);
  };

  // ---- what comes from elsewhere ----
  const arrive = () => {
    if (!addressed()) return;
    try {
      const linked = fromLink(location.hash);
      if (linked && JSON.stringify(linked) !== JSON.stringify(settings)) open(linked);
    } catch (error) {
      trouble = `The link is broken: ${error instanceof Error ? error.message : error}.`;
      refresh();
    }
  };
  for (const event of ["hashchange", "popstate"]) addEventListener(event, arrive);
  figure.end(() => ["hashchange", "popstate"].forEach((event) => removeEventListener(event, arrive)));
  follow(figure, ["settings"], () => {
    if (JSON.stringify(model.get("settings")) !== JSON.stringify(settings)) open(checked(model.get("settings")));
  });
  followTheme(figure, refresh);
  field.root.addEventListener("focus", refresh);
  field.root.addEventListener("blur", refresh);
  const resized = new ResizeObserver(refresh);
  resized.observe(root);
  figure.end(() => resized.disconnect());
  pages.show();
  show();
  requestAnimationFrame(arrive);
}

/**
 * The tools above the map, and what they do to all of it.
 * @param {() => string} tool
 * @param {(name: string) => void} pick
 * @param {Paint} paint
 */
function toolbox(tool, pick, paint) {
  const names = { brush: "Brush", eraser: "Eraser", ask: "Ask" };
  const tools = Object.entries(names).map(([name, text]) => {
    const made = button(text, () => pick(name));
    made.dataset.name = name;
    return made;
  });
  const [fill, clear, undo] = [button("Fill", () => paint.replace(1)), button("Clear", () => paint.replace(0)), button("Undo", () => paint.undo())];
  const root = element("div", { class: "bwlab-tools", role: "toolbar", "aria-label": "Tools for the map" }, ...tools, fill, clear, undo);
  const show = (/** @type {boolean} */ locked, /** @type {boolean} */ past) => {
    for (const made of tools) {
      made.setAttribute("aria-pressed", String(locked ? made.dataset.name === "ask" : made.dataset.name === tool()));
      made.disabled = locked && made.dataset.name !== "ask";
    }
    fill.disabled = clear.disabled = locked;
    undo.disabled = locked || !past;
  };
  return { root, show };
}

/**
 * What the figure says under itself.
 * @param {Training} training
 * @param {number} held
 * @param {number | null} bet
 * @param {number | null} right
 */
function sentence({ loading, coming, losses, looks, network, milliseconds, going, done, begun }, held, bet, right) {
  if (loading && going) return coming || LOADING;
  if (!begun) return `Drag over the map: what stays blue will be trained on, what is hatched never. Then your browser trains a diffusion model of ${network.parameters.toLocaleString("en")} weights, for ${network.steps} steps.`;
  const last = looks.at(-1);
  const percent = (/** @type {number} */ share) => `${Math.round(100 * share)} %`;
  const where = `Step ${losses.length} of ${network.steps}, ${Math.round(milliseconds / 1000)} s in your browser`;
  if (done && right !== null && held) return `${where}. It draws ${right} of the ${held} labels right that it never saw${bet === null ? "" : `; you bet ${bet}`}. Drag the point anywhere.`;
  if (done && !held) return `${where}. Nothing was held out. Drag the point anywhere.`;
  const shares = last ? `: ${percent(last.trained)} of the labels that it trains on are right${held ? `, and ${percent(last.held_out)} of the others` : ""}` : "";
  return `${where}${shares}.${going ? " Drag the point: it answers meanwhile." : " Paused."}`;
}
