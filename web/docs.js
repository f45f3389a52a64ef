// Draws /openapi.json as a page to read: every call with its parameters, bodies and answers.

const calls = document.getElementById("calls");

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

/** A docstring as a paragraph: what stands between backticks is code. */
function paragraph(text) {
  const pieces = text.split(/`+([^`]+)`+/);
  return element("p", "", ...pieces.map((piece, index) => (index % 2 ? element("code", piece) : piece)));
}

function typeOf(schema, document) {
  if (!schema) return "";
  if (schema.$ref) return typeOf(schema.$ref.slice(2).split("/").reduce((at, key) => at?.[key], document), document);
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one, document)).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items, document)}`;
  if (schema.type === "object" && schema.properties) {
    const fields = Object.entries(schema.properties).map(([key, value]) => `${key}: ${typeOf(value, document)}`);
    return `{${fields.join(", ")}}`;
  }
  return schema.format ?? schema.type ?? "anything";
}

function describe(method, path, call, document) {
  const section = element("section");
  const title = element("h2", "", element("b", method.toUpperCase()), ` ${path}`);
  section.append(title, paragraph(call.description ?? call.summary ?? ""));
  const list = element("ul");
  for (const { name, in: where, schema, required } of call.parameters ?? []) {
    list.append(element("li", `${name} (${where}${required ? ", needed" : ""}): ${typeOf(schema, document)}`));
  }
  for (const [kind, { schema }] of Object.entries(call.requestBody?.content ?? {})) {
    list.append(element("li", `body, ${kind}: ${typeOf(schema, document)}`));
  }
  for (const [status, { description }] of Object.entries(call.responses ?? {})) list.append(element("li", `${status}: ${description}`));
  section.append(list);
  return section;
}

const response = await fetch("/openapi.json");
if (response.ok) {
  const document = await response.json();
  const sections = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => describe(method, path, call, document)),
  );
  calls.replaceChildren(...sections);
} else {
  calls.replaceChildren(element("p", "The description is for this machine only, or for a key with the scope “admin”."));
}
