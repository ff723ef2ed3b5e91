// "Use my location": the browser asks, the position is rounded here to 0.05 degrees (some three miles) and sent in the
// body of a form, so that it stands in no address; the answer is the search around the nearest ZIP.
(() => {
  "use strict";
  const STEP = 20; // to a degree
  const SORRY = {
    1: "Your browser did not share where you are. Type a town or a ZIP code instead.",
    2: "Your device could not tell where you are. Type a town or a ZIP code instead.",
    3: "It took too long to find where you are. Try again, or type a town or a ZIP code.",
  };
  const place = document.querySelector("[data-near]");
  if (!place || !navigator.geolocation || !window.isSecureContext) return;
  const button = place.querySelector("button");
  const say = (sentence) => {
    place.querySelector("[data-said]").textContent = sentence;
    if (sentence) document.getElementById("status").textContent = sentence;
  };

  const rounded = (degrees) => (Math.round(degrees * STEP) / STEP).toFixed(2);
  const send = ({ coords }) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/places/near", hidden: true });
    const choices = [...new FormData(button.form)].filter(([name]) => name !== "place");
    for (const [name, value] of [...choices, ["lat", rounded(coords.latitude)], ["lon", rounded(coords.longitude)]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
    form.remove();
  };
  const refuse = ({ code }) => {
    button.removeAttribute("aria-disabled");
    say(SORRY[code]);
  };

  place.hidden = false;
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    say("Asking your browser where you are.");
    navigator.geolocation.getCurrentPosition(send, refuse, { timeout: 10_000, maximumAge: 600_000 });
  });
  window.addEventListener("pageshow", () => {
    button.removeAttribute("aria-disabled"); // Back brings the page as it was left
    say("");
  });
})();
