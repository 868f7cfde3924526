/* Living widgets in the static page, without a kernel and without another host.
 *
 * The widget bundle is large, so it is fetched only when the reader comes near the first widget. Three small mends
 * go with it: the bundle talks to MathJax 2, its sliders have no accessible names, its pictures no alternatives. */
"use strict";
(() => {
  const vendor = new URL("vendor/", document.currentScript.src);
  window.bumpworldStatic = new URL("./", document.currentScript.src).href; // where living figures find their models
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const BUNDLE = "widgets/embed-amd.js";
  const BUTTONS = { retweet: "Repeat", play: "Play", pause: "Pause", stop: "Stop" }; // what an icon means
  let bundled = false; // is the bundle here?

  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: new URL(name, vendor).href });
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${name} did not come`));
      document.head.append(script);
    });

  /* ipywidgets typesets its labels with MathJax 2's queue; the page has MathJax 3 or none. */
  async function offerMathJaxQueue() {
    if (!window.MathJax) return;
    await window.MathJax.startup?.promise;
    const typeset = (element) => window.MathJax.typesetPromise?.([element]);
    window.MathJax.Hub = { Queue: (...calls) => calls.forEach(([name, , element]) => name === "Typeset" && typeset(element)) };
  }

  /* What a widget is called: its own description, else the nearest title or the cell's position on the page. */
  function nameOf(element) {
    const label = element.closest(".widget-inline-hbox, .widget-inline-vbox, .jupyter-widgets")?.querySelector(".widget-label");
    return label?.textContent.trim() || element.closest("[title]")?.title || "value";
  }

  /* What a slider says of itself: its readout and the words below the picture, instead of the number of a frame. */
  function speak(handle) {
    const box = handle.closest(".widget-vbox");
    const readout = handle.closest(".jupyter-widgets")?.querySelector(".widget-readout")?.textContent.trim();
    const shown = [...(box?.querySelectorAll(".widget-label") ?? [])]
      .find((label) => !label.closest(".widget-slider") && label.checkVisibility())?.textContent.trim();
    const words = [readout, shown].filter(Boolean).join(": ");
    if (words && handle.getAttribute("aria-valuetext") !== words) handle.setAttribute("aria-valuetext", words);
  }

  function describe(root) {
    for (const handle of root.querySelectorAll(".noUi-handle:not([aria-label])")) handle.setAttribute("aria-label", nameOf(handle));
    for (const readout of root.querySelectorAll(".widget-readout[contenteditable]:not([role])")) {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", `${nameOf(readout)}: value`);
    }
    for (const button of root.querySelectorAll(".widget-play button:not([aria-label])")) {
      const icon = button.querySelector("[class*='fa-']")?.className.match(/fa-([a-z]+)/)?.[1];
      button.setAttribute("aria-label", button.title || BUTTONS[icon] || icon || "button");
    }
    root.querySelectorAll(".noUi-handle").forEach(speak);
    for (const image of root.querySelectorAll("img.widget-image:not([alt])")) {
      image.alt = image.title || "One frame; the slider chooses which.";
    }
  }

  function keepDescribed() {
    for (const cell of document.querySelectorAll(".cell_output")) {
      if (!cell.querySelector(VIEW)) continue;
      const watch = { childList: true, subtree: true, attributeFilter: ["aria-valuenow", "aria-valuetext", "class", "style"] };
      new MutationObserver(() => describe(cell)).observe(cell, watch);
    }
  }

  /* What is said where widgets will stand, or could not come; a widget says everything else in its own frame. */
  function say(text, again) {
    for (const view of document.querySelectorAll(VIEW)) {
      const cell = view.parentElement;
      cell.querySelector(".living-note")?.remove();
      if (!text) continue;
      const note = Object.assign(document.createElement("p"), { className: "living-note", textContent: text });
      if (again) {
        note.setAttribute("role", "status");
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Try again" });
        button.addEventListener("click", again);
        note.append(" ", button);
      }
      view.before(note);
    }
  }

  /* Fetch a large script with a word on how much has come; the browser keeps it for the element that runs it. */
  async function comes(name) {
    if (location.protocol === "file:") return; // nothing can be fetched there, and a script lies on the same disk
    const answer = await fetch(new URL(name, vendor)).catch(() => null);
    if (!answer?.ok) throw new Error(`${name} did not come${answer ? ` (status ${answer.status})` : ""}`);
    const all = answer.headers.get("Content-Encoding") ? 0 : Number(answer.headers.get("Content-Length")); // packed: not known
    const reader = answer.body.getReader();
    let [got, told] = [0, 0];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      got += part.value.length;
      if (performance.now() < told + 200) continue;
      told = performance.now();
      say(`Loading the living figures: ${(got / 1e6).toFixed(1)}${all ? ` of ${(all / 1e6).toFixed(1)}` : ""} MB …`);
    }
  }

  /* AMD modules by name. One that could not be loaded is forgotten, so that it can be asked for again. */
  const modules = (...names) =>
    new Promise((resolve, reject) => {
      window.requirejs(names, (...found) => resolve(found), (error) => {
        (error.requireModules ?? []).forEach((name) => window.requirejs.undef(name));
        reject(error);
      });
    });

  /* A living figure's script comes out of the page's own data, as text. */
  async function mayRunText() {
    const address = URL.createObjectURL(new Blob(["export {};"], { type: "text/javascript" }));
    await import(address).catch(() => {
      throw new Error("this site's Content-Security-Policy forbids them, as script-src lacks blob:");
    });
  }

  /* The bundle's own start makes code out of strings, which a careful site forbids, and asks another host for what it
   * does not find. So its last line, a call of `require`, goes unheard, and its manager is started here. */
  async function bundle() {
    if (!window.requirejs) await load("require.js");
    window.requirejs.config({ baseUrl: new URL("widgets/", vendor).href });
    if (!bundled) {
      await comes(BUNDLE);
      window.require = () => {};
      await load(BUNDLE);
      bundled = true;
    }
    await modules("anywidget");
    const [{ HTMLManager }] = await modules("@jupyter-widgets/html-manager");
    return new HTMLManager({ loader: async (name) => (await modules(name))[0] });
  }

  async function show(manager) {
    document.querySelectorAll(".widget-subarea").forEach((place) => place.remove());
    const places = new Map([...document.querySelectorAll(VIEW)].map((view) => [JSON.parse(view.textContent).model_id, view]));
    for (const state of document.querySelectorAll(STATE)) {
      for (const model of await manager.set_state(JSON.parse(state.textContent))) {
        const place = Object.assign(document.createElement("div"), { className: "widget-subarea" });
        if (!places.has(model.model_id)) continue;
        places.get(model.model_id).before(place);
        manager.display_view(await manager.create_view(model), place);
      }
    }
  }

  async function start() {
    say("Loading the living figures …");
    try {
      await offerMathJaxQueue();
      await mayRunText();
      const manager = await bundle();
      say("");
      await show(manager);
    } catch (error) {
      say(`The living figures could not be loaded: ${error.message}.`, start);
    }
  }

  function startWhenNear() {
    const views = [...document.querySelectorAll(VIEW)].map((script) => script.parentElement);
    if (!views.length) return;
    keepDescribed();
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        start();
      },
      { rootMargin: "1000px" },
    );
    views.forEach((view) => near.observe(view));
  }

  if (document.readyState === "complete") startWhenNear();
  else window.addEventListener("load", startWhenNear);
})();
