// What htmx could not fetch is said in words, in the page's live region.
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
    region.textContent = sentence;
  };
  const clear = () => {
    const region = document.getElementById("status");
    if (region.classList.contains("live--problem")) say("");
  };

  document.addEventListener("htmx:beforeRequest", clear);
  document.addEventListener("htmx:responseError", (event) => say(sentenceOf(event.detail.xhr.responseText)));
  document.addEventListener("htmx:sendError", () => say(OFFLINE));
  document.addEventListener("htmx:timeout", () => say(OFFLINE));
})();
