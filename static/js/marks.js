// The list to take along: up to five trainers, marked in this browser and nowhere else. What is marked is sent only as
// the address of the comparison, when somebody opens it.
(() => {
  "use strict";
  const KEY = "marked-trainers";
  const MOST = 5;
  const FULL = "You can mark up to five trainers. Press Mark beside one of them again to make room.";
  const BLOCKED = "Your browser keeps nothing for this site, so marks last only while this page is open.";
  const ADDRESS = /^[a-z0-9-]{1,140}$/;

  // Storage may be blocked, or full: then the marks live as long as the page.
  let blocked = false;
  let here = [];
  const isMark = (mark) => typeof mark?.name === "string" && ADDRESS.test(mark.slug ?? "");
  const parsed = (text) => {
    try {
      const kept = JSON.parse(text ?? "[]");
      return Array.isArray(kept) ? kept.filter(isMark).slice(0, MOST) : [];
    } catch {
      return []; // somebody else's text under our key
    }
  };
  const marks = () => {
    if (blocked) return here;
    try {
      return parsed(localStorage.getItem(KEY));
    } catch {
      blocked = true;
      return here;
    }
  };
  const keep = (changed) => {
    here = changed;
    try {
      if (!blocked) localStorage.setItem(KEY, JSON.stringify(changed));
    } catch {
      blocked = true;
    }
    render();
  };

  // What is said
  const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const say = (sentence, isProblem = false) => {
    const region = document.getElementById("status");
    region.classList.toggle("live--problem", isProblem);
    region.textContent = sentence;
  };
  const quiet = () => {
    const region = document.getElementById("status");
    if (region.textContent === FULL) say("");
  };
  const address = (marked) => `/trainers/compare?${marked.map(({ slug }) => `t=${slug}`).join("&")}`;
  const isMarked = (marked, slug) => marked.some((mark) => mark.slug === slug);

  // What is pressed
  const toggle = ({ mark: slug, name }) => {
    const before = marks();
    const without = before.filter((mark) => mark.slug !== slug);
    quiet();
    if (without.length < before.length) {
      keep(without);
      say(`${name} is no longer marked. ${without.length} of ${MOST} marked.`);
    } else if (before.length === MOST) {
      say(FULL, true);
    } else {
      keep([...before, { slug, name }]);
      say(`${name} is marked. ${before.length + 1} of ${MOST} marked.${blocked ? ` ${BLOCKED}` : ""}`);
    }
  };
  const clear = () => {
    keep([]);
    say("No trainer is marked any more.");
    document.getElementById("main").focus();
  };

  // What is seen
  const fit = (place) => {
    const button = make("button", "mark", "Mark");
    button.type = "button";
    button.append(make("span", "visually-hidden", ` ${place.dataset.name}`));
    button.addEventListener("click", () => toggle(place.dataset));
    place.replaceChildren(button);
    place.hidden = false;
  };
  const show = (place, marked) => {
    const button = place.querySelector(".mark");
    const pressed = isMarked(marked, place.dataset.mark);
    button.setAttribute("aria-pressed", String(pressed));
    place.hidden = "gone" in place.dataset && !pressed && document.activeElement !== button;
    const link = place.querySelector("a");
    if (!pressed || location.pathname === "/trainers/compare") link?.remove();
    else (link ?? place.appendChild(make("a", ""))).href = address(marked);
    if (pressed && place.querySelector("a")) place.querySelector("a").textContent = `Compare ${marked.length} marked`;
  };
  const bar = () => {
    const found = document.querySelector(".marks");
    if (found) return found;
    const made = make("section", "marks no-print");
    made.setAttribute("aria-label", "Marked trainers");
    const button = make("button", "button button--quiet", "Clear");
    button.type = "button";
    button.addEventListener("click", clear);
    made.append(make("p", "marks__count"), make("a", "button button--quiet", "Compare"), button, make("p", "marks__note"));
    document.getElementById("main").append(made);
    return made;
  };
  const renamed = (marked) => {
    const places = [...document.querySelectorAll("[data-was]")].map((place) => place.dataset);
    const now = marked.map((mark) => {
      const place = places.find(({ was }) => was === mark.slug);
      return place ? { slug: place.mark, name: place.name } : mark;
    });
    return now.filter((mark, at) => now.findIndex(({ slug }) => slug === mark.slug) === at);
  };
  const render = () => {
    const marked = marks();
    for (const place of document.querySelectorAll("[data-mark]")) {
      if (!place.querySelector(".mark")) fit(place);
      show(place, marked);
    }
    if (!marked.length && !document.querySelector(".marks")) return;
    const line = bar();
    line.hidden = marked.length === 0;
    line.querySelector(".marks__count").textContent = `${marked.length} marked`;
    line.querySelector("a").href = address(marked);
    line.querySelector(".marks__note").textContent = blocked ? BLOCKED : "";
    line.querySelector(".marks__note").hidden = !blocked;
  };
  const start = () => {
    const marked = marks();
    const now = renamed(marked);
    if (JSON.stringify(now) === JSON.stringify(marked)) render();
    else keep(now);
  };

  start();
  document.addEventListener("htmx:afterSettle", render);
  document.addEventListener("htmx:historyRestore", render);
  window.addEventListener("pageshow", render);
  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) render();
  });
})();
