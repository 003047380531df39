/** Each picture is bound to the challenge's nonce, its place, its time and its bytes (HMAC-SHA256). */

const text = new TextEncoder();
const keys = new WeakMap();

/** base64url HMAC of "challenge|task|n|t|kind|sha256hex(bytes)" under the nonce. */
export async function frameSignature(challenge, { task, n, t, kind, bytes }) {
  const digest = hex(await crypto.subtle.digest("SHA-256", bytes));
  const message = text.encode([challenge.id, task, n, t, kind, digest].join("|"));
  return toBase64url(await crypto.subtle.sign("HMAC", await key(challenge), message));
}

export function fromBase64url(coded) {
  const plain = atob(coded.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function toBase64url(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function hex(buffer) {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function key(challenge) {
  if (!keys.has(challenge)) {
    const nonce = fromBase64url(challenge.nonce);
    keys.set(challenge, crypto.subtle.importKey("raw", nonce, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]));
  }
  return keys.get(challenge);
}
