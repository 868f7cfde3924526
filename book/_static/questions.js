/* A page of multiple-choice questions that checks itself: no network, nothing stored. */
"use strict";
(() => {
  const form = document.getElementById("questions");
  const total = form.querySelector("output");
  const tell = (fieldset, text, state) => {
    const said = fieldset.querySelector(".said");
    said.textContent = text;
    said.dataset.state = state;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    let right = 0;
    const questions = [...form.querySelectorAll("fieldset")];
    for (const fieldset of questions) {
      const chosen = fieldset.querySelector("input:checked");
      const good = chosen?.value === "right";
      right += good;
      if (!chosen) tell(fieldset, "No answer yet.", "open");
      else tell(fieldset, `${good ? "✓ Right." : "✗ Not this one."} ${chosen.dataset.say}`, chosen.value);
    }
    total.textContent = `${right} of ${questions.length} right.`;
  });

  // A verdict belongs to the answer that it was given for.
  form.addEventListener("change", (event) => {
    tell(event.target.closest("fieldset"), "", "");
    total.textContent = "";
  });
})();
