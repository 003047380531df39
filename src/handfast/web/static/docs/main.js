/** The interface document as a page: one fold an operation. */

import { h } from "../shared/dom.js";

const place = document.getElementById("operations");
const answer = await fetch("/v1/openapi.json");
if (answer.ok) show(await answer.json());
else place.replaceChildren(h("p", {}, "The interface document did not arrive. Load this page again."));

function show(document_) {
  const groups = new Map();
  for (const [path, verbs] of Object.entries(document_.paths)) {
    for (const [verb, operation] of Object.entries(verbs)) {
      const group = operation.tags?.[0] ?? "more";
      groups.set(group, [...(groups.get(group) ?? []), fold(document_, path, verb, operation)]);
    }
  }
  place.replaceChildren(...[...groups].map(([name, folds]) => h("section", {}, h("h2", {}, name), ...folds)));
}

function fold(document_, path, verb, operation) {
  return h("details", { class: "operation" },
    h("summary", {}, h("code", { class: "verb" }, verb.toUpperCase()), h("code", {}, path), h("small", {}, operation.summary ?? "")),
    h("div", { class: "body" },
      h("p", {}, operation.description ?? ""),
      parameters(operation),
      body(document_, operation),
      h("h3", {}, "Answers"),
      table(Object.entries(operation.responses).map(([status, response]) => [status, response.description, ...typed(document_, response)]))));
}

function parameters(operation) {
  const rows = (operation.parameters ?? []).map((each) => [each.name, `${each.in}${each.required ? ", needed" : ""}`, kind(each.schema)]);
  return rows.length > 0 && h("div", {}, h("h3", {}, "Parameters"), table(rows));
}

function body(document_, operation) {
  if (!operation.requestBody) return null;
  const [[media, content]] = Object.entries(operation.requestBody.content);
  return h("div", {}, h("h3", {}, "Body ", h("small", {}, media)), fields(document_, content.schema));
}

function typed(document_, response) {
  const content = Object.values(response.content ?? {})[0];
  return [content ? fields(document_, content.schema) ?? kind(content.schema) : ""];
}

function fields(document_, schema) {
  const named = resolve(document_, schema);
  if (!named.properties) return null;
  const needed = new Set(named.required ?? []);
  return table(Object.entries(named.properties).map(([name, each]) => [name, kind(each) + (needed.has(name) ? "" : ", may be left out")]));
}

function resolve(document_, schema) {
  return schema?.$ref ? document_.components.schemas[schema.$ref.split("/").at(-1)] : schema ?? {};
}

function kind(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.anyOf) return schema.anyOf.map(kind).join(" or ");
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.type === "array") return `list of ${schema.items ? kind(schema.items) : "values"}`;
  return schema.format ?? schema.const ?? schema.type ?? "anything";
}

function table(rows) {
  return h("table", { class: "fields" }, ...rows.map(([head, ...cells]) =>
    h("tr", {}, h("th", { scope: "row" }, h("code", {}, head)), ...cells.map((cell) => h("td", {}, cell)))));
}
