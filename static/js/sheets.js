// Movement sheets: today's day, figures on the keyboard, printing, files that are too large, and what is not saved yet.
(() => {
  "use strict";
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  all("[data-with-script], [data-print]").forEach((each) => { each.hidden = false; });
  all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));

  // The day where the runner is: the server only knows its own.
  all("main form[method=post]").forEach((form) => {
    const value = String(-new Date().getTimezoneOffset());
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "minutes_ahead", value }));
  });
  all("form[data-today]").forEach((form) => {
    const boxes = ["month", "day", "year"].map((part) => form.elements[`screened_on-${part}`]);
    if (!boxes.every((box) => box && box.value === "")) return;
    const now = new Date();
    [now.getMonth() + 1, now.getDate(), now.getFullYear()].forEach((value, at) => {
      boxes[at].value = boxes[at].defaultValue = value;
    });
  });

  // 0 to 3, N and Y choose in the row that has the focus, and lead to the next one.
  const rows = all("fieldset[data-keys]");
  const goOn = (row) => {
    const next = rows[rows.indexOf(row) + 1];
    (next?.querySelector("input:checked") ?? next?.querySelector("input"))?.focus();
  };
  rows.forEach((row) => row.addEventListener("keydown", (event) => {
    const box = /^[0-3ny]$/i.test(event.key) && row.querySelector(`input[value^="${event.key.toLowerCase()}"]`);
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    goOn(row);
  }));

  // A file that is too large is told before it is sent.
  all("input[data-largest]").forEach((input) => input.addEventListener("change", () => {
    const large = [...input.files].find((file) => file.size > Number(input.dataset.largest));
    input.setCustomValidity(large ? `${large.name} is too large to be a file of sheets. Choose another one.` : "");
    input.reportValidity();
    input.form.noValidate = !large;
  }));

  // A change that could not be saved waits for the connection, and the page is not left without a question.
  all("form[data-saves]").forEach((form) => {
    let changes = 0, saved = 0, sent = 0, timer, renewed = false;
    const again = () => {
      clearTimeout(timer);
      if (saved < changes) form.dispatchEvent(new CustomEvent("change", { detail: "again" }));
    };
    const say = (sentence) => {
      const place = document.querySelector("#saved p") ?? document.getElementById("saved").appendChild(document.createElement("p"));
      place.className = "saved--not";
      if (place.textContent !== sentence) place.textContent = sentence;
    };
    form.addEventListener("change", (event) => {
      if (event.detail !== "again") changes += 1;
    });
    form.addEventListener("htmx:beforeRequest", () => { sent = changes; });
    form.addEventListener("htmx:afterRequest", (event) => {
      if (!event.detail.successful) return;
      saved = sent;
      renewed = false;
    });
    // A session that is over takes the form's token with it. Whoever signs in again, elsewhere, has a new one.
    const renew = async () => {
      const page = await (await fetch(location.href)).text();
      const token = new DOMParser().parseFromString(page, "text/html").querySelector("[data-saves] [name=csrf_token]");
      if (!token) return false;
      form.elements.csrf_token.value = token.value;
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token.value }));
      return true;
    };
    form.addEventListener("htmx:responseError", async (event) => {
      if (event.detail.xhr.status !== 400 || renewed) return;
      event.stopPropagation();
      renewed = await renew().catch(() => false);
      if (renewed) again();
      else say(form.dataset.signedOut);
    });
    ["htmx:sendError", "htmx:timeout"].forEach((name) => form.addEventListener(name, (event) => {
      event.stopPropagation();
      say(form.dataset.offline);
      timer = setTimeout(again, 5000);
    }));
    form.addEventListener("htmx:beforeOnLoad", (event) => {
      if (!event.detail.xhr.getResponseHeader("HX-Redirect")) return;
      event.preventDefault();
      say(form.dataset.signedOut);
    });
    form.addEventListener("submit", () => { saved = changes; });
    window.addEventListener("online", again);
    window.addEventListener("focus", again);
    window.addEventListener("beforeunload", (event) => {
      if (saved < changes) event.preventDefault();
    });
  });

  // What has not been sent anywhere is not lost without a question.
  all("form[data-leaving]").forEach((form) => {
    let touched = false;
    form.addEventListener("change", () => { touched = true; });
    form.addEventListener("submit", () => { touched = false; });
    window.addEventListener("beforeunload", (event) => {
      if (touched) event.preventDefault();
    });
  });
})();
