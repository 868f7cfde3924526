/* A figure opens large over its page: there it can be moved about, made larger and smaller, and closed again.
 *
 * Without this script the link around each picture opens the picture's file. Panning is the browser's own scrolling, so
 * that fingers, wheel and arrow keys all do it. */
"use strict";
(() => {
  const TEXT_SIZE = 740; // CSS pixels: at this width the letters of a figure are as large as those of the page
  const STEP = 1.4;
  let dialog, pane, picture, width;

  const made = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const button = (text, name, press) => {
    const element = made("button", { type: "button", "aria-label": name }, text);
    element.addEventListener("click", press);
    return element;
  };

  /* Make the picture `next` CSS pixels wide and keep what is in the middle of the pane there. */
  function resize(next) {
    const middle = (at, size, whole) => (whole ? (at + size / 2) / whole : 0.5);
    const x = middle(pane.scrollLeft, pane.clientWidth, pane.scrollWidth);
    const y = middle(pane.scrollTop, pane.clientHeight, pane.scrollHeight);
    width = Math.min(Math.max(next, 200), 4 * Math.max(TEXT_SIZE, picture.naturalWidth));
    picture.style.width = `${width}px`;
    pane.scrollLeft = x * pane.scrollWidth - pane.clientWidth / 2;
    pane.scrollTop = y * pane.scrollHeight - pane.clientHeight / 2;
  }

  function build() {
    picture = made("img", { alt: "" });
    pane = made("div", { class: "large-pane", tabindex: "0", role: "region", "aria-label": "The picture; arrow keys move it" }, picture);
    const bar = made("div", { class: "large-bar" },
      button("−", "Smaller", () => resize(width / STEP)),
      button("+", "Larger", () => resize(width * STEP)),
      button("Close", "Close", () => dialog.close()));
    dialog = made("dialog", { class: "large", "aria-label": "Figure, large" }, bar, pane);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // a click beside it
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "+" || event.key === "=") resize(width * STEP);
      if (event.key === "-") resize(width / STEP);
    });
    document.body.append(dialog);
  }

  function open(link) {
    if (!dialog) build();
    const small = link.querySelector("img");
    Object.assign(picture, { src: link.href, alt: small.alt });
    dialog.showModal();
    pane.scrollTo(0, 0);
    width = Math.max(TEXT_SIZE, Math.min(pane.clientWidth, small.naturalWidth || TEXT_SIZE));
    picture.style.width = `${width}px`;
    pane.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.enlarge");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !window.HTMLDialogElement) return;
    event.preventDefault();
    open(link);
  });
})();
