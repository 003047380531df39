/** Passkeys: what the browser makes and shows, as the server reads it (W3C Web Authentication). */

import { ask } from "./json.js";

/** Whether a passkey can work here: browsers want a name, never an address. */
export const possible = () => Boolean(window.PublicKeyCredential) && !/^[\d.]+$|^\[/.test(location.hostname);

/** Makes a passkey from the server's options. */
export async function make(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map((each) => ({ ...each, id: bytes(each.id) })),
  };
  const made = await navigator.credentials.create({ publicKey });
  return told(made, ["clientDataJSON", "attestationObject"]);
}

/** Shows a passkey for a purpose; the server's options come first. */
export async function show(purpose) {
  const options = await ask("/v1/desk/options", { method: "POST", body: { purpose } });
  const shown = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] } });
  return told(shown, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
}

function told(credential, fields) {
  const response = {};
  for (const name of fields) if (credential.response[name]) response[name] = text(credential.response[name]);
  const id = text(credential.rawId);
  return { id, rawId: id, type: credential.type, clientExtensionResults: credential.getClientExtensionResults(), response };
}

/** Bytes as base64 for URLs. */
export function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytes(word) {
  return Uint8Array.from(atob(word.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
