/* Small mends to the theme, so that a screen reader finds its way around as well as a reader who sees. */
"use strict";
(() => {
  const set = (selector, attributes) => {
    for (const element of document.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    }
  };

  // The brand in the side bar belongs to a landmark; the search button is called what stands on it.
  set("#pst-primary-sidebar", { role: "complementary", "aria-label": "Book" });
  set("#pst-secondary-sidebar", { role: "complementary", "aria-label": "This page" });
  for (const named of document.querySelectorAll(".search-button-field, details.hide > summary")) named.removeAttribute("aria-label");

  for (const fold of document.querySelectorAll(".bd-links li.has-children > details > summary")) {
    fold.setAttribute("aria-label", `Pages below ${fold.closest("li").querySelector("a")?.textContent.trim()}`);
  }

  // Sphinx gives references a role that browsers no longer know.
  set(".citation-list > .citation", { role: "listitem" });

  // pandas writes the empty corner of a table as headers.
  for (const header of document.querySelectorAll("th")) {
    if (!header.textContent.trim()) header.replaceWith(document.createElement("td"));
  }
})();
