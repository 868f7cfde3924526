// The bet before, the button that it wakes, how far training is, and how long it will still take.

import { button, element } from "./frame.js";

/**
 * @param {{bet: (value: number) => void, start: () => void, stop: () => void}} does
 * @param {number} steps that a run takes
 */
export function wager(does, steps) {
  const question = element("p", { class: "bwlab-question" });
  const range = element("input", { type: "range", min: 0, step: 1, "aria-label": "your bet" });
  const output = element("output", { class: "bwlab-betted" });
  const place = () => does.bet(Number(range.value));
  range.addEventListener("input", place);
  // a click on the very place where the handle stands is a bet, too
  range.addEventListener("pointerup", place);
  range.addEventListener("keyup", (event) => { if (event.key === "Enter" || event.key === " ") place(); });
  const row = element("div", { class: "bwlab-betrow" }, range, output);
  const start = button("Train", does.start);
  start.classList.add("bwlab-go");
  const stop = button("Stop", does.stop);
  const bar = element("progress", { max: steps, value: 0, "aria-label": "steps of training" });
  const time = element("span", { class: "bwlab-time" });
  const root = element("div", { class: "bwlab-wager" }, question, row, element("div", { class: "bwfig-buttons" }, start, stop, time), bar);

  /**
   * @param {{train: number, held: number}} counts
   * @param {number | null} bet
   * @param {import("./lab_training.js").Training} training
   * @param {number | null} right of the held-out labels, at the end
   */
  const show = ({ train, held }, bet, training, right) => {
    const { going, done, begun, loading, losses, left } = training;
    range.max = String(held);
    row.hidden = !held || !train;
    range.disabled = begun || going;
    range.toggleAttribute("data-open", bet === null);
    if (bet !== null) range.value = String(bet);
    else if (Number(range.value) !== Math.round(held / 2)) range.value = String(Math.round(held / 2));
    output.textContent = bet === null ? `? of ${held}` : `${bet} of ${held}`;
    range.setAttribute("aria-valuetext", bet === null ? "no bet yet" : `${bet} of ${held}`);
    question.textContent = !train ? "Paint at least one label: there is nothing to learn from."
      : !held ? "Nothing is held out, so there is nothing to bet on. You can still watch it learn."
      : done && right !== null ? `${right} of ${held} held-out labels are right. You bet ${bet}.`
      : `Your bet: how many of the ${held} labels that it never sees will it draw right?`; // prettier-ignore
    start.textContent = going ? "Pause" : done ? "Train again" : begun ? "Go on" : "Train";
    start.disabled = !train || (held > 0 && bet === null);
    stop.hidden = !begun && !going;
    stop.textContent = done ? "Another set" : "Stop";
    bar.value = losses.length;
    bar.hidden = !begun && !going;
    time.textContent = loading ? "loading …" : done ? "" : left !== null && going ? `about ${Math.max(1, Math.round(left))} s left` : !begun && held && train && bet === null ? "Bet first." : "";
  };
  return { root, show };
}
