/* Two aids for reading: cards that say what a term or a citation means, and an edge that fades where a block goes on. */
"use strict";
(() => {
  /* ---- cards: a link's `title` is what the browser shows of it; a card is shown to the keyboard as well ---- */

  const CARDS = "a.reference.internal[title]"; // glossary terms and citations: see book/_ext/cards.py
  const DELAY = 150; // milliseconds: the pointer may only pass
  let card, timer;

  function place(link) {
    const box = link.getClientRects()[0];
    const left = Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 8);
    const above = box.top - card.offsetHeight - 6;
    card.style.left = `${Math.max(left, 8) + window.scrollX}px`;
    card.style.top = `${(above > 0 ? above : box.bottom + 6) + window.scrollY}px`;
  }

  function show(link) {
    card.textContent = link.dataset.card;
    card.hidden = false;
    place(link);
  }

  function hide() {
    clearTimeout(timer);
    card.hidden = true;
  }

  function dealCards() {
    const links = [...document.querySelectorAll(CARDS)].filter((link) => /\s/.test(link.title.trim()));
    if (!links.length) return;
    card = Object.assign(document.createElement("div"), { id: "reading-card", className: "reading-card", hidden: true });
    card.setAttribute("role", "tooltip");
    document.querySelector("main").append(card);
    for (const link of links) {
      link.dataset.card = link.title;
      link.removeAttribute("title");
      link.setAttribute("aria-describedby", card.id);
      link.addEventListener("pointerenter", (event) => {
        if (event.pointerType === "touch") return; // a finger follows the link
        clearTimeout(timer);
        timer = setTimeout(show, DELAY, link);
      });
      link.addEventListener("pointerleave", hide);
      link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
      link.addEventListener("blur", hide);
    }
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  }

  /* ---- blocks that scroll sideways fade at the side where more is ---- */

  const BLOCKS = ".bd-article :is(pre, .pst-scrollable-table-container, div.math, .cell_output > .output, .cell_output figure > .output)";

  function mark(block) {
    const [from, to] = [block.scrollLeft, block.scrollWidth - block.clientWidth - block.scrollLeft];
    block.dataset.more = [from > 2 && "left", to > 2 && "right"].filter(Boolean).join(" ");
    // the theme lets the keyboard in once after a resize; a page that is still being laid out misses it
    const scrolls = block.scrollWidth > block.clientWidth || block.scrollHeight > block.clientHeight;
    if (scrolls && block.tabIndex < 0) block.tabIndex = 0;
  }

  function watchEdges() {
    const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => [target, target.parentElement].filter((part) => part.matches(BLOCKS)).forEach(mark)));
    for (const block of document.querySelectorAll(BLOCKS)) {
      block.addEventListener("scroll", () => mark(block), { passive: true });
      for (const part of [block, ...block.children]) watch.observe(part);
    }
    // what is wrapped or typeset late grows inside its block, where no observer of the block sees it
    for (const moment of ["load", "resize"]) {
      window.addEventListener(moment, () => setTimeout(() => document.querySelectorAll(BLOCKS).forEach(mark), 300));
    }
  }

  dealCards();
  watchEdges();
})();
