// The ceremonies of passkeys: asks the program for options, lets the browser make or use a passkey, sends the answer.
// A form with data-passkey="get" or "create" and data-options (where options come from) is sent here and not by itself.
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const ask = async (address, fields) => {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
    const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
    if (!isJson) return { page: await answer.text() };
    return answer.json();
  };

  const get = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    publicKey.allowCredentials = (options.allowCredentials || []).map((one) => ({ ...one, id: bytes(one.id) }));
    const made = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
    return answered(made, {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    });
  };

  const create = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = (options.excludeCredentials || []).map((one) => ({ ...one, id: bytes(one.id) }));
    const made = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject } = made.response;
    return answered(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) });
  };

  const answered = (made, response) =>
    JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} });

  const run = async (form) => {
    const fields = Object.fromEntries(new FormData(form));
    const options = await ask(form.dataset.options, fields);
    if (options.page) return document.location.assign(form.dataset.again || document.location.href);
    if (options.said) return options.said;
    const response = await (form.dataset.passkey === "get" ? get(options) : create(options));
    const outcome = await ask(form.getAttribute("action"), { ...fields, response });
    if (outcome.next) return document.location.assign(outcome.next);
    return outcome.said || form.dataset.failed;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-said]");
    const isAddress = /^[\d.]+$|:/.test(document.location.hostname);
    const problem = isAddress ? form.dataset.address : window.PublicKeyCredential ? "" : form.dataset.missing;
    said.textContent = problem;
    form.querySelector("button").disabled = problem !== "";
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      said.textContent = form.dataset.working;
      try {
        said.textContent = (await run(form)) || "";
      } catch (fault) {
        said.textContent = fault.name === "InvalidStateError" ? form.dataset.known : form.dataset.stopped;
      } finally {
        button.disabled = false;
      }
    });
  }
})();
