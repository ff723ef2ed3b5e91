// Asks the browser for a passkey, to make one or to use one, and sends its answer with the form.
(() => {
  "use strict";
  const FAILED = "The browser did not give us a passkey. Try once more, or go back.";
  const ABSENT = "This browser knows no passkeys, or not at this address. Use another one, or an authenticator app.";

  const form = document.querySelector("[data-passkey]");
  const again = form.querySelector("[data-again]");
  const say = (sentence) => {
    const region = document.getElementById("status");
    region.classList.toggle("live--problem", sentence !== "");
    region.textContent = sentence;
  };

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const create = async (options) => {
    const user = { ...options.user, id: bytes(options.user.id) };
    const excludeCredentials = known(options.excludeCredentials);
    const made = await navigator.credentials.create({
      publicKey: { ...options, user, challenge: bytes(options.challenge), excludeCredentials },
    });
    return {
      ...common(made),
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
      extensions: JSON.stringify(made.getClientExtensionResults()),
    };
  };
  const get = async (options) => {
    const used = await navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) },
    });
    const handle = used.response.userHandle;
    return {
      ...common(used),
      response: {
        authenticatorData: text(used.response.authenticatorData),
        clientDataJSON: text(used.response.clientDataJSON),
        signature: text(used.response.signature),
        ...(handle && handle.byteLength ? { userHandle: text(handle) } : {}),
      },
    };
  };
  const common = (credential) => ({ id: credential.id, rawId: text(credential.rawId), type: credential.type });

  const ask = async () => {
    again.hidden = true;
    say("");
    try {
      const answer = await (form.dataset.passkey === "create" ? create : get)(JSON.parse(form.dataset.options));
      form.elements.namedItem("credential").value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      say(error.name === "SecurityError" ? ABSENT : FAILED);
      again.hidden = false;
    }
  };

  if (window.PublicKeyCredential && navigator.credentials) {
    again.addEventListener("click", ask);
    ask();
  } else {
    say(ABSENT);
  }
})();
