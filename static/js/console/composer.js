/** The form of one message, made from its schema, and the text that it writes; the text is what is sent. */

import { keyed, make, part, setText } from "../dom.js";
import { compose } from "./schema.js";

export class Composer {
  #choice;
  #fields;
  #messages;
  #root;
  #sent = 0;
  #text;

  /** `send(text)` is called with what the text area holds. */
  constructor(root, messages, send) {
    this.#root = root;
    this.#messages = messages;
    this.#choice = part(root, "choice");
    this.#fields = part(root, "fields");
    this.#text = part(root, "text");
    for (const [label, ofGroup] of [
      ["Messages", ({ action }) => action === null],
      ["Actions", ({ action }) => action !== null],
    ]) {
      const options = messages
        .filter(ofGroup)
        .map(({ key, type, action }) => make("option", { value: key }, action ?? type));
      this.#choice.append(make("optgroup", { label }, ...options));
    }
    this.#choice.addEventListener("change", () => this.#show());
    this.#fields.addEventListener("input", () => this.#write());
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      send(this.#text.value);
      this.#sent += 1;
      this.#renumber();
    });
    this.#show();
  }

  /** Shows the form of a message with some of its fields filled in. */
  fill(key, values = {}) {
    this.#choice.value = key;
    this.#show(values);
  }

  get #message() {
    return this.#messages.find(({ key }) => key === this.#choice.value);
  }

  /** A message of another kind keeps the table, which is what one would type again. */
  #show(values = {}) {
    const table = this.#fields.querySelector('[name="table_id"]')?.value ?? "";
    const message = this.#message;
    setText(part(this.#root, "words"), message.words.replaceAll("`", ""));
    const filled = { table_id: table, ...values };
    const byKey = message.fields.map((field) => ({ ...field, key: `${message.key}.${field.name}` }));
    keyed(this.#fields, byKey, ({ key }) => key, fieldElement);
    for (const input of this.#inputs()) input.value = filled[input.name] ?? "";
    this.#write();
  }

  #inputs() {
    return this.#fields.querySelectorAll("input, select");
  }

  #write() {
    const values = Object.fromEntries([...this.#inputs()].map(({ name, value }) => [name, value.trim()]));
    this.#text.value = compose(this.#message, values, this.#id);
  }

  /** The next message has the next id, also where the text was changed by hand. */
  #renumber() {
    this.#text.value = this.#text.value.replace(`"id": "c-${this.#sent}"`, `"id": "${this.#id}"`);
  }

  get #id() {
    return `c-${this.#sent + 1}`;
  }
}

const HINTS = { array: " Separate several with commas.", object: " As JSON." };

function fieldElement({ key, name, kind, words, isRequired, values, items }) {
  const id = `field-${key}`;
  const choices = kind === "boolean" ? ["true", "false"] : values;
  const attributes = { id, name, "aria-describedby": `${id}-help`, list: items.length > 0 ? `${id}-list` : undefined };
  const label = make("label", { for: id }, name);
  if (!isRequired) label.append(make("span", { class: "optional" }, " optional"));
  const input = choices.length > 0 ? choice(attributes, choices) : line(attributes, kind);
  const field = make("div", { class: "field" }, label, input);
  if (items.length > 0) field.append(make("datalist", { id: `${id}-list` }, ...options(items)));
  field.append(make("p", { class: "help", id: `${id}-help` }, words.replaceAll("`", "") + (HINTS[kind] ?? "")));
  return field;
}

function choice(attributes, values) {
  return make("select", attributes, make("option", { value: "" }, "–"), ...options(values));
}

function options(values) {
  return values.map((value) => make("option", { value }, value));
}

function line(attributes, kind) {
  const inputmode = { integer: "numeric", number: "decimal" }[kind];
  const plain = { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  return make("input", { ...attributes, ...plain, inputmode });
}
