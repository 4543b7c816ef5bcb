// Keeps what is typed on the workbench while it is typed. The page works without it.
"use strict";

(() => {
  const QUIET = 1500;
  const form = document.getElementById("draft");
  const line = document.getElementById("kept");
  if (!form || !line) return;

  let waiting = 0;
  let changed = false;
  let underway = new AbortController();

  async function keep() {
    waiting = 0;
    changed = false;
    try {
      const answer = await fetch(form.dataset.scratch, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
        redirect: "error",
        signal: underway.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const time = new Date().toLocaleTimeString(document.documentElement.lang);
      line.textContent = `${form.dataset.kept} · ${time}`;
    } catch (error) {
      if (error.name === "AbortError") return;
      changed = true;
      line.textContent = form.dataset.failed;
    }
  }

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(keep, QUIET);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    changed = false;
    // What arrived after the save would stand there as if it had not been saved.
    underway.abort();
    underway = new AbortController();
  });
  // What could not be kept would be lost: the browser asks.
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
