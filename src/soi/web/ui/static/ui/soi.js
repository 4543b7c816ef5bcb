// Small comforts on top of pages that work without them. Nothing here is needed to get an answer.
"use strict";

(() => {
  const NEAR_LIMIT = 0.9;
  const root = document.documentElement;
  const box = document.querySelector(".ask textarea");

  // What needs a script is shown only when the script runs.
  root.classList.add("js");

  function fill(text) {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  // Counts code points, as the server does; a box that is too full is never cut in silence.
  function count() {
    const line = document.getElementById(box.dataset.count);
    const left = Number(box.dataset.limit) - Array.from(box.value).length;
    const near = left < Number(box.dataset.limit) * (1 - NEAR_LIMIT);
    const words = left < 0 ? line.dataset.over : line.dataset.left;
    line.textContent = near ? words.replace("{n}", Math.abs(left).toLocaleString(root.lang)) : "";
    line.classList.toggle("over", left < 0);
  }

  // A name that is not official is copied with [.] for dots, so that no chat makes a link of it.
  function words(finding) {
    const official = finding.classList.contains("true");
    const parts = finding.querySelectorAll(":scope > header .tag, :scope > header h3, .seen, .advice");
    const lines = Array.from(parts, (part) => {
      const line = part.innerText.trim().replace(/\s+/g, " ");
      return official || !part.matches(".seen") ? line : line.replaceAll(".", "[.]");
    });
    const source = finding.querySelector(".source a[rel]");
    return source ? [...lines, source.href].join("\n") : lines.join("\n");
  }

  async function copy(button) {
    const findings = document.querySelectorAll("#answer .finding");
    const text = Array.from(findings, words).join("\n\n");
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.done;
    } catch {
      button.textContent = button.dataset.failed;
    }
  }

  // A recovery code that came by a QR code stands behind the #, which is never sent to a server.
  const code = document.querySelector("input[data-from-hash]");
  const digits = location.hash.replace(/[^0-9]/g, "");
  if (code && digits) {
    code.value = digits.replace(/(.{4})(?=.)/g, "$1 ");
    history.replaceState(null, "", location.pathname);
  }

  if (box) {
    box.addEventListener("input", count);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form.requestSubmit();
    });
    count();
  }

  document.addEventListener("click", (event) => {
    const sample = event.target.closest("[data-message]");
    const button = event.target.closest("[data-copy]");
    if (sample && box && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      fill(sample.dataset.message);
    }
    if (button) copy(button);
  });

  function focusAnswer() {
    document.querySelector("#error, #answer-heading")?.focus();
  }

  // No answer came: say so, and keep the message in the box.
  function unreachable() {
    const message = document.getElementById("unreachable");
    if (!message) return; // a page that only looks again by itself
    document.getElementById("answer").replaceChildren(message.content.cloneNode(true));
    focusAnswer();
  }

  // A refusal comes as a page or as a fragment; its message, and nothing else, is shown.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status < 400) return;
    event.detail.shouldSwap = responseText.includes('id="error"');
    event.detail.selectOverride = "#error";
    if (!event.detail.shouldSwap) unreachable();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.closest("#answer")) focusAnswer();
  });
  document.addEventListener("htmx:sendError", unreachable);
  document.addEventListener("htmx:timeout", unreachable);
})();
