/** The messages that a client can send, and forms for them, out of the protocol's JSON Schema. */

const LISTED = "client.";

/** The messages in their order: `key`, `type`, `action` (null for other messages), `words` and `fields`. */
export function messagesOf(schema) {
  const definitions = schema.$defs;
  return Object.entries(definitions)
    .filter(([key]) => key.startsWith(LISTED))
    .map(([key, frame]) => {
      const data = resolved(frame.properties.data, definitions);
      const action = data.properties.action?.const ?? null;
      const own = action === null ? data : resolved(data.properties.data, definitions);
      const fields = fieldsOf(own, definitions);
      if (action !== null) fields.unshift(fieldOf("table_id", data, definitions));
      return { key, type: frame.properties.type.const, action, words: frame.description, fields };
    });
}

/** The text of a message with these values, texts by the names of fields; what is empty is left out. */
export function compose(message, values, id) {
  const given = message.fields
    .filter(({ name }) => (values[name] ?? "") !== "")
    .map((field) => [field.name, valueOf(field, values[field.name])]);
  if (message.action === null) return pretty({ type: message.type, id, data: Object.fromEntries(given) });
  const outer = Object.fromEntries(given.filter(([name]) => name === "table_id"));
  const data = Object.fromEntries(given.filter(([name]) => name !== "table_id"));
  return pretty({ type: message.type, id, data: { action: message.action, ...outer, data } });
}

/** JSON for people to read. */
export function pretty(value) {
  return JSON.stringify(value, null, 2);
}

/** A text as JSON where it is some, else null. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function resolved(schema, definitions) {
  if (schema.anyOf) return resolved(schema.anyOf[0], definitions);
  return schema.$ref ? definitions[schema.$ref.replace("#/$defs/", "")] : schema;
}

function fieldsOf(schema, definitions) {
  return Object.keys(schema.properties ?? {}).map((name) => fieldOf(name, schema, definitions));
}

function fieldOf(name, { properties, required }, definitions) {
  const plain = resolved(properties[name], definitions);
  return {
    name,
    kind: [plain.type].flat().find((type) => type !== "null"),
    words: properties[name].description ?? "",
    isRequired: required?.includes(name) ?? false,
    values: (plain.enum ?? []).filter((value) => value !== null),
    items: plain.items?.enum ?? [],
  };
}

/** What goes into the message: whatever cannot be read as its kind goes in as text, for the server to refuse. */
function valueOf({ kind }, text) {
  if (kind === "boolean") return text === "true";
  if (kind === "integer" || kind === "number") return Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === "array") return text.split(/[\s,]+/).filter(Boolean);
  if (kind === "object") return parsed(text) ?? text;
  return text;
}
