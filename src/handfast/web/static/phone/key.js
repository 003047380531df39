/** The phone's own key: made in this browser, never extractable; only its signatures leave. Kept until the pairing ends. */

import { text } from "../shared/passkey.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const STORE = "handfast-phone";

/** A fresh key pair whose private half nobody can read, not even this page. */
export const fresh = () => crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);

/** The public half, as the server takes it. */
export const publicKey = async (pair) => text(await crypto.subtle.exportKey("spki", pair.publicKey));

/** A signature over a text. */
export const sign = async (pair, message) => text(await crypto.subtle.sign(SIGNING, pair.privateKey, new TextEncoder().encode(message)));

/** Signed headers for one request; skew: how far this phone's clock is from the server's, in ms. */
export async function signed({ pair, device, skew }, method, target, body = "") {
  const t = String(Math.round(Date.now() + skew));
  const nonce = text(crypto.getRandomValues(new Uint8Array(16)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const signature = await sign(pair, `${device}|${method}|${target}|${t}|${nonce}|${hex}`);
  return { "Handfast-Device": device, "Handfast-Signed": `${t}.${nonce}.${signature}` };
}

/** Keeps the pairing in this browser; the key itself stays unreadable there too. */
export const keep = (pairing) => request("readwrite", (store) => store.put(pairing, "pairing"));

/** The kept pairing, if there is one. */
export const kept = () => request("readonly", (store) => store.get("pairing"));

/** Forgets the pairing and its key. */
export const forget = () => request("readwrite", (store) => store.delete("pairing"));

function request(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(STORE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("own");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = act(opening.result.transaction("own", mode).objectStore("own"));
      asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
      asked.onerror = () => reject(asked.error);
    };
  });
}
