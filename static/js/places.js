// While somebody types a place, towns, counties and ZIPs are offered: an editable combobox with a list, as the ARIA
// Authoring Practices describe it. Without this file, or without an answer, the field is a plain one and works.
(() => {
  "use strict";
  const WAIT = 120;
  const SHORTEST = 2;

  const fit = (field) => {
    const list = Object.assign(document.createElement("ul"), { id: `${field.id}-offers`, className: "offers", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Places");
    field.after(list);
    field.parentElement.classList.add("combobox");
    const states = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id };
    for (const [name, value] of Object.entries({ ...states, "aria-expanded": "false" })) field.setAttribute(name, value);

    // In the page's one live region; what others say there stays.
    let said = "";
    const say = (sentence) => {
      const region = document.getElementById("status");
      if (sentence || region.textContent === said) region.textContent = sentence;
      said = sentence;
    };

    let timer = 0;
    let asking = new AbortController();
    const offers = () => [...list.children];
    const active = () => list.querySelector("[aria-selected=true]");
    const isOpen = () => !list.hidden;

    const activate = (offer) => {
      active()?.setAttribute("aria-selected", "false");
      offer?.setAttribute("aria-selected", "true");
      offer?.scrollIntoView({ block: "nearest" });
      if (offer) field.setAttribute("aria-activedescendant", offer.id);
      else field.removeAttribute("aria-activedescendant");
    };
    const open = (shown) => {
      list.hidden = !shown;
      field.setAttribute("aria-expanded", String(shown));
      if (!shown) activate(null);
    };
    const close = () => {
      clearTimeout(timer);
      asking.abort();
      say("");
      open(false);
    };
    const show = (html) => {
      activate(null);
      list.innerHTML = html;
      const found = offers().length;
      say(found ? `${found} ${found === 1 ? "place" : "places"}. Arrow down to choose.` : "");
      open(found > 0);
    };
    const ask = async () => {
      const typed = field.value.trim();
      asking.abort();
      if (typed.length < SHORTEST) return close();
      asking = new AbortController();
      const { signal } = asking;
      try {
        const answer = await fetch(`/places?${new URLSearchParams({ place: typed })}`, { headers: { "HX-Request": "true" }, signal });
        const html = answer.ok ? await answer.text() : "";
        if (!signal.aborted && document.activeElement === field) show(html);
      } catch {
        if (!signal.aborted) close(); // offers are a help: whoever is offline reads so when searching
      }
    };
    const choose = (offer) => {
      field.value = offer.dataset.value;
      list.replaceChildren();
      close();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const move = (step) => {
      const all = offers();
      if (!all.length) return ask();
      const last = active() ? all.indexOf(active()) : step > 0 ? -1 : all.length;
      open(true);
      activate(all.at((last + step) % all.length));
    };

    const keys = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: () => (isOpen() && active() ? choose(active()) : false),
      Escape: () => (isOpen() ? close() : false),
    };
    field.addEventListener("keydown", (event) => {
      const press = event.isComposing || event.ctrlKey || event.metaKey ? null : keys[event.key];
      if (press && press() !== false) event.preventDefault();
      else if (event.key === "Enter") close();
      else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) activate(null);
    });
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    field.addEventListener("blur", close);
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const offer = event.target.closest("[role=option]");
      if (offer) choose(offer);
    });
  };

  document.querySelectorAll("[data-offers-places]").forEach(fit);
})();
