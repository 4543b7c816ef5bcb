// Looks through the checks in the reader's browser. Every word has to stand in a check's folded text.
"use strict";

(() => {
  const MOST = 100;
  const form = document.getElementById("search");
  const status = document.getElementById("found");
  const results = document.getElementById("results");
  const words = new Map(
    Array.from(document.querySelectorAll("#verdicts dt"), (term) => [
      term.textContent,
      term.nextElementSibling,
    ]),
  );
  let rows = null;

  // The same folding as the files have: lower case, without marks, đ as d.
  const fold = (text) =>
    text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");

  async function load() {
    const found = [];
    for (let number = 1, more = true; more; number += 1) {
      const reply = await fetch(form.dataset.files.replace("1.json", `${number}.json`));
      if (!reply.ok) throw new Error(String(reply.status));
      const shard = await reply.json();
      found.push(...shard.rows);
      more = shard.more;
    }
    return found;
  }

  function card([address, claim, verdict, publisher, day]) {
    const article = document.createElement("article");
    article.className = "sheet card";
    const said = words.get(verdict);
    if (said) {
      const tag = document.createElement("span");
      tag.className = `tag ${said.className}`;
      tag.textContent = said.textContent;
      article.append(tag);
    }
    const heading = document.createElement("h2");
    const link = document.createElement("a");
    link.href = form.dataset.pages + address;
    link.textContent = claim;
    heading.append(link);
    const about = document.createElement("p");
    about.className = "meta";
    for (const text of [publisher, day].filter(Boolean)) {
      const piece = document.createElement("span");
      piece.textContent = text;
      about.append(piece);
    }
    article.append(heading, about);
    return article;
  }

  async function look() {
    const asked = fold(form.q.value).split(/\s+/).filter(Boolean);
    history.replaceState(null, "", asked.length ? `#q=${encodeURIComponent(form.q.value)}` : "#");
    if (!asked.length) {
      results.replaceChildren();
      status.textContent = "";
      return;
    }
    try {
      rows ??= load();
      const found = (await rows).filter((row) => asked.every((word) => row[5].includes(word)));
      const { one, many, none } = status.dataset;
      const count = found.length.toLocaleString(document.documentElement.lang);
      status.textContent = found.length > 1 ? many.replace("{n}", count) : found.length ? one : none;
      results.replaceChildren(...found.slice(0, MOST).map(card));
    } catch {
      rows = null;
      status.textContent = status.dataset.failed;
    }
  }

  const asked = new URLSearchParams(location.hash.slice(1)).get("q");
  if (asked) {
    form.q.value = asked;
    look();
  }
  form.addEventListener("input", look);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
})();
