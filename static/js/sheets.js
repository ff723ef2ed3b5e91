// Movement sheets: today's day, figures on the keyboard, printing, files that are too large, and what is not saved yet.
(() => {
  "use strict";
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  all("[data-with-script], [data-print]").forEach((each) => { each.hidden = false; });
  all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));

  // The day where the runner is: the server only knows its own.
  all("form[data-today]").forEach((form) => {
    const boxes = ["month", "day", "year"].map((part) => form.elements[`screened_on-${part}`]);
    if (!boxes.every((box) => box && box.value === "")) return;
    const now = new Date();
    [now.getMonth() + 1, now.getDate(), now.getFullYear()].forEach((value, at) => {
      boxes[at].value = boxes[at].defaultValue = value;
    });
  });

  // 0 to 3 choose in the row that has the focus, and lead to the next one.
  const rows = all("fieldset[data-keys]");
  const goOn = (row) => {
    const next = rows[rows.indexOf(row) + 1];
    (next?.querySelector("input:checked") ?? next?.querySelector("input"))?.focus();
  };
  rows.forEach((row) => row.addEventListener("keydown", (event) => {
    const box = row.querySelector(`input[value="${CSS.escape(event.key)}"]`);
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
