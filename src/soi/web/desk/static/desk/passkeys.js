// Passkeys: asks the browser for one and sends what it says with the form. Pages say by data
// attributes what they want: data-passkey="get" or "create", data-options (the id of a JSON block)
// or data-options-url (an address that answers with it).
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // WebAuthn speaks in bytes, JSON in base64url (Web Authentication Level 3, section 5.1.8).
  function decoded(options) {
    const known = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));
    return {
      ...options,
      challenge: bytes(options.challenge),
      ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
      ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
      ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
    };
  }

  function encoded(credential) {
    const { response } = credential;
    const told = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) told[name] = text(response[name]);
    }
    if (response.getTransports) told.transports = response.getTransports();
    return {
      type: credential.type,
      id: credential.id,
      rawId: text(credential.rawId),
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: told,
    };
  }

  async function options(form) {
    const { options: block, optionsUrl } = form.dataset;
    if (block) return JSON.parse(document.getElementById(block).textContent);
    const answer = await fetch(optionsUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await answer.json()).request_options;
  }

  async function create(form, publicKey) {
    // A passkey that is to do without a password must be found without a name being typed.
    const alone = form.elements.passwordless?.checked ?? false;
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      userVerification: "required",
    };
    return navigator.credentials.create({ publicKey });
  }

  async function send(form) {
    const told = await options(form);
    const publicKey = decoded(told.publicKey);
    const found = form.dataset.passkey === "create"
      ? await create(form, publicKey)
      : await navigator.credentials.get({ publicKey });
    form.elements.credential.value = JSON.stringify(encoded(found));
    form.submit();
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form) return;
    event.preventDefault();
    const complaint = document.querySelector("[data-passkey-error]");
    complaint.textContent = "";
    if (!window.PublicKeyCredential) {
      complaint.textContent = complaint.dataset.unsupported;
      return;
    }
    try {
      await send(form);
    } catch {
      complaint.textContent = complaint.dataset.failed;
    }
  });
})();
