/** Asking our own server, for the pages beside the capture. */

/** The server said no (RFC 9457), or did not answer: code "unreachable". */
export class Problem extends Error {
  constructor(code, detail) {
    super(detail ?? code);
    this.code = code;
  }
}

/** The JSON answer; raises Problem. */
export async function ask(path, { method = "GET", body, token, headers = {} } = {}) {
  const response = await fetch(path, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }), ...headers },
    cache: "no-store",
    signal: AbortSignal.timeout(15000),
  }).catch(() => { throw new Problem("unreachable"); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(answer.code ?? "unreachable", answer.detail);
  return answer;
}

/** Hands something to the person as a file. */
export function save(name, content, type = "application/json") {
  const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
