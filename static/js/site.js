// What htmx could not fetch is said in words, in the page's live region; what was refused is marked at its field.
(() => {
  "use strict";
  const OFFLINE = "We could not reach the site. Check your connection and try again.";
  const FAILED = "Something went wrong on our side. Please try again.";

  const sentenceOf = (answer) => {
    const message = new DOMParser().parseFromString(answer, "text/html").querySelector("[data-message]");
    return message ? message.textContent.trim() : FAILED;
  };
  const say = (sentence) => {
    const region = document.getElementById("status");
    region.classList.toggle("live--problem", sentence !== "");
    if (region.textContent !== sentence) region.textContent = sentence;
  };
  const clear = () => {
    const region = document.getElementById("status");
    if (region.classList.contains("live--problem")) say("");
  };

  // What asks again by itself neither empties nor repeats a sentence: it stays until an answer comes.
  const isTimed = (event) => !event.detail.requestConfig?.triggeringEvent;

  // Where the swap takes away what has the focus, the part that says so takes it.
  let hadFocus = false;
  const beforeSwap = (event) => {
    if (!event.detail.isError) clear();
    hadFocus = document.activeElement !== document.body;
  };
  const keepFocus = () => {
    if (hadFocus && document.activeElement === document.body) document.querySelector("[data-takes-focus]")?.focus();
  };

  // A search is refused in the results, while its form stays as it is: title, marks and focus follow here.
  const summary = () => document.querySelector(".error-summary");
  const unmark = (field) => {
    field.removeAttribute("aria-invalid");
    field.closest(".field").classList.remove("field--error");
    document.getElementById(`${field.id}-error`)?.remove();
    describe(field);
  };
  const mark = (field, sentence) => {
    const error = Object.assign(document.createElement("p"), { className: "field__error", id: `${field.id}-error` });
    error.textContent = sentence;
    field.before(error);
    field.setAttribute("aria-invalid", "true");
    field.closest(".field").classList.add("field--error");
    describe(field);
  };
  const describe = (field) => {
    const ids = [`${field.id}-hint`, `${field.id}-error`].filter((id) => document.getElementById(id));
    field.toggleAttribute("aria-describedby", ids.length > 0);
    if (ids.length > 0) field.setAttribute("aria-describedby", ids.join(" "));
  };
  const answered = (event) => {
    const { elt, triggeringEvent } = event.detail.requestConfig ?? {};
    if (!elt?.matches("form[role=search]")) return;
    elt.querySelectorAll(".control[aria-invalid]").forEach(unmark);
    summary()?.querySelectorAll("a").forEach((link) => mark(elt.querySelector(link.hash), link.textContent));
    document.title = (summary() ? "Error: " : "") + document.title.replace(/^Error: /, "");
    if (triggeringEvent?.type === "submit") summary()?.focus();
  };

  // How many trainers each choice of the search would leave: the answer brings the numbers for the form beside it.
  const count = () => {
    const counts = JSON.parse(document.querySelector("[data-counts]")?.dataset.counts ?? "{}");
    for (const place of document.querySelectorAll("[data-count]")) {
      const [name, value] = place.dataset.count.split("=");
      place.textContent = counts[name]?.[value]?.toLocaleString("en-US") ?? "";
    }
  };

  document.addEventListener("htmx:afterSettle", answered);
  document.addEventListener("htmx:afterSettle", count);
  document.addEventListener("htmx:afterSettle", keepFocus);
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isTimed(event)) clear();
  });
  document.addEventListener("htmx:responseError", (event) => say(sentenceOf(event.detail.xhr.responseText)));
  document.addEventListener("htmx:sendError", () => say(OFFLINE));
  document.addEventListener("htmx:timeout", () => say(OFFLINE));
})();
