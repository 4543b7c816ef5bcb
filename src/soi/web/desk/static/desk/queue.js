// Keys for the queue. Everything they do can be done without them.
"use strict";

(() => {
  const help = document.getElementById("keys");
  const items = () => Array.from(document.querySelectorAll("[data-claim]"));
  const link = (item) => item.querySelector("h2 a");

  // The claim that the keyboard is in, else the one that the address names.
  function current() {
    return document.activeElement?.closest("[data-claim]") ?? document.querySelector("[data-claim]:target");
  }

  function step(by) {
    const all = items();
    const at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (next) {
      link(next).focus();
      next.scrollIntoView({ block: "nearest" });
    }
  }

  function within(key, use) {
    const found = current()?.querySelector(`[data-key="${key}"]`);
    if (found) use(found);
  }

  function open(details) {
    details.open = true;
    details.querySelector("select, input:not([type=hidden])")?.focus();
  }

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    t: () => within("t", (button) => button.form.requestSubmit(button)),
    s: () => within("s", (button) => button.focus()),
    d: () => within("d", (select) => select.focus()),
    c: () => within("c", open),
    h: () => within("h", open),
    w: () => current()?.querySelector(".meta a")?.click(),
    "/": () => document.getElementById("q").focus(),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.querySelector("[data-help]")?.addEventListener("click", () => help.showModal());
})();
