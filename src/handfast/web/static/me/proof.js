/** Inclusion of one leaf in the log, computed on this phone (RFC 6962 section 2.1.1; checkpoint of C2SP tlog-checkpoint). */

const text = new TextEncoder();

/** True if the leaf stands at its place in the tree whose root the checkpoint states. */
export async function isIncluded({ index, size, leaf, hashes, checkpoint }) {
  const stated = readCheckpoint(checkpoint);
  if (stated.size !== size || index < 0 || index >= size) return false;
  const root = await rootFrom(index, size, await leafHash(leaf), hashes.map(bytesOf));
  return root !== null && same(root, stated.root);
}

/** The size and root of a checkpoint: origin, size and base64 root, each on its own line. */
export function readCheckpoint(note) {
  const [, size, root] = note.split("\n");
  return { size: Number(size), root: Uint8Array.from(atob(root ?? ""), (letter) => letter.charCodeAt(0)) };
}

/** The root that a path of siblings leads to, or null if the path is too short or too long (RFC 9162 section 2.1.3.2). */
async function rootFrom(index, size, leaf, path) {
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      hash = await nodeHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? hash : null;
}

const half = (number) => Math.floor(number / 2);

const leafHash = (leaf) => sha256(new Uint8Array([0, ...text.encode(leaf)]));

const nodeHash = (left, right) => sha256(new Uint8Array([1, ...left, ...right]));

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function bytesOf(hexadecimal) {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function same(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
