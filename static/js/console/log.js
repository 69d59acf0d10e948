/** The frames of both sides, newest first: a line each that says what it is, and the whole of it on demand. */

import { make, part } from "../dom.js";
import { parsed, pretty } from "./schema.js";

const MOST_LINES = 500;

export class Log {
  #closes;
  #list;
  #empty;

  /** `closes` has a sentence for each reason of `disconnected`. */
  constructor(root, closes) {
    this.#closes = closes;
    this.#list = part(root, "frames");
    this.#empty = part(root, "empty");
    part(root, "clear").addEventListener("click", () => this.#clear());
    part(root, "heartbeats").addEventListener("change", ({ target }) => {
      this.#list.toggleAttribute("data-heartbeats", target.checked);
    });
  }

  /** A frame of ours as it went out; a token in it is not shown. */
  sent(text) {
    const message = parsed(text);
    const hidden = message?.data?.token ? { ...message, data: { ...message.data, token: "…" } } : message;
    this.#add("client", hidden ?? text);
  }

  /** A message of the server's. `answer`, where there is one, is what a click on the line's button does. */
  received(message, answer = null) {
    this.#add("server", message, answer);
  }

  /** Something that happened to the socket itself. */
  note(text, level = "note") {
    this.#insert(make("li", { class: "note", "data-level": level }, time(), make("span", {}, text)));
  }

  #add(sender, content, answer = null) {
    const { title, words, level } = this.describe(sender, content);
    const arrow = make("b", {}, sender === "client" ? "→" : "←");
    const summary = make("summary", {}, time(), arrow, make("code", {}, title));
    if (words) summary.append(make("span", { class: "said" }, words));
    const body = typeof content === "string" ? content : pretty(content);
    const frame = make("pre", { class: "frame", "data-sender": sender, tabindex: "0" }, body);
    const details = make("details", {}, summary, frame);
    const line = make("li", { "data-sender": sender, "data-level": level, "data-title": title }, details);
    if (answer) {
      const button = make("button", { type: "button", class: "button small" }, "Answer");
      button.addEventListener("click", answer);
      line.append(button);
    }
    this.#insert(line);
  }

  /** What a frame is, in a name and a few words; `level` is what it means for the eye. */
  describe(sender, content) {
    if (typeof content !== "object" || content === null) return { title: "text", words: String(content).slice(0, 80) };
    const { type = "no type", data = {} } = content;
    if (sender === "client") return { title: [type, data?.action].filter(Boolean).join(" "), words: brief(data?.data) };
    if (type === "event") return { title: data.event_type, words: brief(data.data) };
    if (type === "error") return { title: data.code, words: data.message, level: "error" };
    if (type === "action_request") return { title: type, words: data.valid_actions.join(", "), level: "request" };
    if (type === "disconnected") {
      return { title: type, words: `${data.reason}: ${this.#closes[data.reason]}`, level: "error" };
    }
    return { title: type, words: "" };
  }

  #insert(line) {
    this.#empty.hidden = true;
    this.#list.prepend(line);
    while (this.#list.children.length > MOST_LINES) this.#list.lastElementChild.remove();
  }

  #clear() {
    this.#list.replaceChildren();
    this.#empty.hidden = false;
  }
}

/** What tells one event from another of its kind, in a few words. */
function brief(data) {
  if (!data) return "";
  const { seat, player_name: name, card, action, amount, result, value, net } = data;
  const words = [name ?? (seat && `seat ${seat}`), action, card, amount, result];
  if (net !== undefined) words.push(`net ${net}`);
  if (value !== undefined) words.push(`= ${value}`);
  return words.filter((word) => word !== undefined && word !== null).join(" ");
}

function time() {
  const now = new Date();
  return make("time", { datetime: now.toISOString() }, now.toLocaleTimeString([], { hour12: false }));
}
