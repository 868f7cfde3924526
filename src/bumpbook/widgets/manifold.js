// A cloud of representations, turned by hand; each point shows the image that it stands for.

import { brushFor, calm, choice, element, follow, followTheme, mount, player, scheduler, setter, slider, tick } from "./frame.js";
import { drawImage, floats, ramp, shorts } from "./pixels.js";
import { imageOf } from "./world.js";
import { axes, edges, project } from "./cloud.js";

/** @typedef {import("./frame.js").Model} Model */

const NEAR = 16; // CSS pixels within which the pointer takes a point
const TAP = 6; // a finger that moved less than this has tapped
const MORPH = 350; // milliseconds from one frame to the next

/**
 * The numbers behind the picture, checked.
 * @param {Model} model
 */
function read(model) {
  const [n, d, titles] = [model.get("_count"), model.get("_dims"), model.get("titles")];
  const all = shorts(model.get("_frames"), "frames", titles.length * n * d);
  const labels = floats(model.get("_labels"), "labels", 2 * n);
  const [columns, rows] = axes(labels);
  const frames = titles.map((/** @type {string} */ _, /** @type {number} */ f) => all.subarray(f * n * d, (f + 1) * n * d));
  return { n, d, titles, frames, labels, columns, rows, pairs: edges(labels, model.get("periodic")) };
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return mount(el, model, "Cloud of representations", (figure) => {
    const { n, d, titles, frames, labels, columns, rows, pairs } = read(model);
    const set = setter(model);
    const canvas = element("canvas", { role: "img" });
    const stage = element("div", { class: "bwmanifold-stage", tabindex: 0, role: "application",
      "aria-label": "Point cloud. Arrow keys turn it, plus and minus zoom, Home brings it back." }, canvas); // prettier-ignore
    const picture = element("canvas", { class: "bwmanifold-image", role: "img" });
    const name = element("p", { class: "bwmanifold-name", "aria-hidden": "true" });
    const key = element("div", { class: "bwmanifold-key", "aria-hidden": "true" });
    const context = brushFor(canvas);
    const thumb = brushFor(picture);

    let side = 0; // of the stage, in CSS pixels
    /** @type {Float32Array} */
    let seen = new Float32Array(3 * n); // where the points are: x and y in CSS pixels, and depth
    /** @type {Float32Array} */
    let shown = Float32Array.from(frames[model.get("frame")]); // between two frames while one becomes the other
    const morph = { from: shown, to: shown, start: 0 };
    let zoom = 1;
    let held = false;

    const advance = () => {
      const part = Math.min(1, (performance.now() - morph.start) / MORPH);
      const ease = part * part * (3 - 2 * part);
      shown = part < 1 ? shown.map((_, i) => morph.from[i] * (1 - ease) + morph.to[i] * ease) : morph.to;
      if (part < 1) redraw();
    };
    const toFrame = () => {
      morph.from = shown;
      morph.to = frames[model.get("frame")];
      morph.start = calm() ? -MORPH : performance.now();
      redraw();
    };

    const colours = () => {
      const by = model.get("color") === "x" ? 0 : 1;
      const values = by ? rows : columns;
      const colour = ramp(model.get("periodic"), figure.root.hasAttribute("data-dark"));
      const last = values.length - (model.get("periodic") ? 0 : 1) || 1;
      return { by, values, colour, of: (/** @type {number} */ i) => colour(values.indexOf(labels[2 * i + by]) / last) };
    };

    const draw = () => {
      advance();
      const ratio = window.devicePixelRatio || 1;
      side = stage.clientWidth;
      if (canvas.width !== Math.round(side * ratio)) canvas.width = canvas.height = Math.round(side * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, side, side);
      seen = project(shown, d, { turn: model.get("turn"), tilt: model.get("tilt"), fourth: model.get("fourth") });
      const unit = side * 0.4 * zoom;
      for (let i = 0; i < n; i++) {
        seen[3 * i] = side / 2 + unit * seen[3 * i];
        seen[3 * i + 1] = side / 2 + unit * seen[3 * i + 1];
      }
      const css = getComputedStyle(figure.root);
      if (model.get("lines")) drawLines(css.getPropertyValue("--control"));
      drawPoints(css.getPropertyValue("--ink"), css.getPropertyValue("--paper"));
      tell();
    };
    const redraw = scheduler(figure, draw);

    const drawLines = (/** @type {string} */ colour) => {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      for (let k = 0; k < pairs.length; k += 2) {
        const [a, b] = [3 * pairs[k], 3 * pairs[k + 1]];
        context.globalAlpha = Math.min(Math.max(0.3 + 0.28 * (seen[a + 2] + seen[b + 2]), 0.06), 0.8);
        context.beginPath();
        context.moveTo(seen[a], seen[a + 1]);
        context.lineTo(seen[b], seen[b + 1]);
        context.stroke();
      }
      context.globalAlpha = 1;
    };

    const drawPoints = (/** @type {string} */ ink, /** @type {string} */ paper) => {
      const { of } = colours();
      const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => seen[3 * a + 2] - seen[3 * b + 2]);
      const size = Math.min(5.5, Math.max(2.2, (side * 0.2) / Math.sqrt(n)));
      order.push(model.get("point")); // once more, on top of all others
      for (const i of order) {
        const depth = seen[3 * i + 2];
        const chosen = i === model.get("point");
        context.globalAlpha = chosen ? 1 : Math.min(1, 0.72 + 0.35 * depth);
        context.beginPath();
        context.arc(seen[3 * i], seen[3 * i + 1], (chosen ? 1.7 : 1) * size * (1 + 0.3 * depth), 0, 2 * Math.PI);
        context.fillStyle = of(i);
        context.fill();
        context.lineWidth = chosen ? 2.5 : 0.8;
        context.strokeStyle = chosen ? ink : paper;
        context.stroke();
      }
      context.globalAlpha = 1;
    };

    const tell = () => {
      const i = model.get("point");
      const [x, y] = [labels[2 * i], labels[2 * i + 1]].map((value) => Number(value.toFixed(3)));
      const size = model.get("size");
      const world = { size, sigma: model.get("sigma"), kind: model.get("kind"), periodic: model.get("periodic"), margin: 0, spacing: 1 };
      if (picture.width !== size) picture.width = picture.height = size;
      drawImage(thumb, imageOf(world, [x, y], [true, true]), size);
      picture.setAttribute("aria-label", `Image of the label (${x}, ${y})`);
      name.textContent = `(x, y) = (${x}, ${y})`;
      const { by, values, colour } = colours();
      const stops = Array.from({ length: 13 }, (_, k) => colour(k / 12)).join(", ");
      key.replaceChildren(`${values[0]}`, element("span", { style: `background: linear-gradient(90deg, ${stops})` }), `${values[values.length - 1]}`);
      const frame = titles.length > 1 || titles[0] ? `${titles[model.get("frame")]}. ` : "";
      figure.say(`${frame}${n} points coloured by ${"xy"[by]}; ringed is (x, y) = (${x}, ${y}).`);
      canvas.setAttribute("aria-label", `${n} points, coloured by ${"xy"[by]}, seen from ${Math.round(model.get("turn"))} degrees around and ${Math.round(model.get("tilt"))} degrees up`);
    };

    // ---- by hand ----
    const turnBy = (/** @type {number} */ right, /** @type {number} */ up) => {
      set("turn", ((((model.get("turn") + right + 180) % 360) + 360) % 360) - 180);
      set("tilt", Math.min(Math.max(model.get("tilt") + up, -180), 180));
    };
    const pick = (/** @type {PointerEvent} */ event, /** @type {number} */ within) => {
      const box = stage.getBoundingClientRect();
      let [best, found] = [within ** 2, -1];
      for (let i = 0; i < n; i++) {
        const away = (seen[3 * i] - event.clientX + box.left) ** 2 + (seen[3 * i + 1] - event.clientY + box.top) ** 2;
        if (away < best - (found >= 0 && seen[3 * i + 2] < seen[3 * found + 2] ? 9 : 0)) [best, found] = [away, i];
      }
      if (found >= 0 && found !== model.get("point")) set("point", found);
    };
    const last = { x: 0, y: 0, far: 0 };
    stage.addEventListener("pointerdown", (event) => {
      held = true;
      Object.assign(last, { x: event.clientX, y: event.clientY, far: 0 });
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      if (!held) return pick(event, NEAR);
      const [right, down] = [event.clientX - last.x, event.clientY - last.y];
      Object.assign(last, { x: event.clientX, y: event.clientY, far: last.far + Math.abs(right) + Math.abs(down) });
      turnBy(0.5 * right, -0.5 * down);
    });
    const release = (/** @type {PointerEvent} */ event) => {
      if (held && event.type === "pointerup" && last.far < TAP) pick(event, 2 * NEAR);
      held = false;
    };
    stage.addEventListener("pointerup", release);
    stage.addEventListener("pointercancel", release);
    stage.addEventListener("keydown", (event) => {
      /** @type {Record<string, () => void>} */
      const does = {
        ArrowLeft: () => turnBy(-6, 0), ArrowRight: () => turnBy(6, 0), ArrowUp: () => turnBy(0, 6), ArrowDown: () => turnBy(0, -6),
        "+": () => { zoom = Math.min(3, zoom * 1.1); }, "-": () => { zoom = Math.max(0.4, zoom / 1.1); },
        Home: () => { zoom = 1; set("turn", 30); set("tilt", 50); set("fourth", 0); },
      }; // prettier-ignore
      const act = does[event.key === "=" ? "+" : event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      act();
      event.preventDefault();
      event.stopPropagation();
      redraw();
    });

    // ---- controls ----
    const label = (/** @type {0 | 1} */ c, /** @type {number[]} */ values) =>
      slider({ name: `point ${"xy"[c]}`, min: 0, max: values.length - 1, step: 1,
        value: () => values.indexOf(labels[2 * model.get("point") + c]),
        words: (k) => `${Number(values[k].toFixed(3))}`,
        input: (k) => {
          const other = labels[2 * model.get("point") + 1 - c];
          for (let i = 0; i < n; i++) {
            if (labels[2 * i + c] === values[k] && labels[2 * i + 1 - c] === other) return set("point", i);
          }
        } }); // prettier-ignore
    const controls = [label(0, columns), label(1, rows)];
    if (titles.length > 1) {
      controls.unshift(slider({ name: "frame", min: 0, max: titles.length - 1, step: 1, wide: true, value: () => model.get("frame"),
        words: (f) => titles[f], input: (f) => set("frame", f) })); // prettier-ignore
    }
    if (d > 3) {
      controls.push(slider({ name: "fourth axis", min: -180, max: 180, step: 3, wide: true, value: () => model.get("fourth"),
        words: (angle) => `${angle}°`, input: (angle) => set("fourth", angle) })); // prettier-ignore
    }
    const by = choice({ name: "colour by", options: { x: "x", y: "y" }, value: () => model.get("color"), input: (value) => set("color", value) });
    const lines = tick({ name: "lines", value: () => model.get("lines"), input: (on) => set("lines", on) });
    const buttons = element("div", { class: "bwfig-buttons" }, by.row, lines.row);
    if (titles.length > 1) {
      buttons.prepend(player(figure, { last: titles.length - 1, value: () => model.get("frame"), input: (f) => set("frame", f) }));
    }
    figure.root.append(
      element("div", { class: "bwfig-parts" }, stage,
        element("div", { class: "bwmanifold-side" }, picture, name, key, buttons)),
      element("div", { class: "bwfig-controls" }, ...controls.map(({ row }) => row)),
    ); // prettier-ignore

    const refresh = () => [...controls, by, lines].forEach((control) => control.refresh());
    follow(figure, ["frame", "point", "color", "lines", "fourth"], refresh);
    follow(figure, ["point", "color", "lines", "fourth", "turn", "tilt"], redraw);
    follow(figure, ["frame"], toFrame);
    followTheme(figure, redraw);
    const resized = new ResizeObserver(redraw);
    resized.observe(stage);
    figure.end(() => resized.disconnect());
    redraw();
  });
}

export default { render };
