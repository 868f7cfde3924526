/* Living widgets in the static page, without a kernel and without another host.
 *
 * The widget bundle is large, so it is fetched only when the reader comes near the first widget. Three small mends
 * go with it: the bundle talks to MathJax 2, its sliders have no accessible names, its pictures no alternatives. */
"use strict";
(() => {
  const vendor = new URL("vendor/", document.currentScript.src);
  window.bumpworldStatic = new URL("./", document.currentScript.src).href; // where living figures find their models
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: new URL(name, vendor).href });
      script.onload = resolve;
      script.onerror = () => reject(new Error(`cannot load ${script.src}`));
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

  function describe(root) {
    for (const handle of root.querySelectorAll(".noUi-handle:not([aria-label])")) handle.setAttribute("aria-label", nameOf(handle));
    for (const readout of root.querySelectorAll(".widget-readout[contenteditable]:not([role])")) {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", `${nameOf(readout)}: value`);
    }
    for (const button of root.querySelectorAll(".widget-play button:not([aria-label])")) {
      const icon = button.querySelector("[class*='fa-']")?.className.match(/fa-([a-z]+)/)?.[1];
      button.setAttribute("aria-label", button.title || icon || "button");
    }
    for (const image of root.querySelectorAll("img.widget-image:not([alt])")) {
      image.alt = image.title || "One frame; the slider chooses which.";
    }
  }

  function keepDescribed() {
    for (const cell of document.querySelectorAll(".cell_output")) {
      if (!cell.querySelector(VIEW)) continue;
      new MutationObserver(() => describe(cell)).observe(cell, { childList: true, subtree: true });
    }
  }

  async function start() {
    await offerMathJaxQueue();
    keepDescribed();
    await load("require.js");
    window.requirejs.config({ baseUrl: new URL("widgets/", vendor).href });
    await load("widgets/embed-amd.js");
  }

  function startWhenNear() {
    const views = [...document.querySelectorAll(VIEW)].map((script) => script.parentElement);
    if (!views.length) return;
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
