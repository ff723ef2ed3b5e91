// The reviewers' keyboard: j and k move through the queue, Enter opens, t takes, n goes on, ? shows the keys.
// Off while something is typed, with a modifier held, and for who has switched it off.
(() => {
  "use strict";
  const OFF = "review-keys-off";
  const dialog = document.getElementById("review-keys");
  const box = document.getElementById("review-keys-on");
  const isOff = () => localStorage.getItem(OFF) === "1";
  const rows = () => [...document.querySelectorAll("[data-work]")];
  const types = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    next.querySelector("a").focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (selector) => {
    const row = document.activeElement.closest("[data-work]");
    (row || document).querySelector(selector)?.click();
  };
  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    t: () => press("[data-key='take']"),
    n: () => document.querySelector("[data-key='next']")?.click(),
    q: () => { window.location.href = "/review"; },
    "?": () => (dialog.open ? dialog.close() : dialog.showModal()),
  };

  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey || types(event.target)) return;
    if (isOff() && event.key !== "?") return;
    event.preventDefault();
    act();
  });
  box.checked = !isOff();
  box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "0" : "1"));
  document.getElementById("review-keys-open").hidden = false;
  document.getElementById("review-keys-open").addEventListener("click", () => dialog.showModal());
  document.getElementById("review-keys-close").addEventListener("click", () => dialog.close());
})();
