/** Keeps what happened: a list of sentences, newest first, and one announcement for each thing that comes at once. */
import { make, part, setText } from "../dom.js";
import { isForListeners, sentenceFor } from "./narration.js";

const KEPT_LINES = 150;
const LOUD = new Set(["ROUND_STARTED", "HAND_RESULT", "INSURANCE_RESULT"]);

export class Story {
  #log;
  #announcer;
  #spoken = [];

  constructor(root) {
    this.#log = part(root, "log");
    this.#announcer = part(root, "announcer");
  }

  /** Writes an event down: the viewer's own, or of a player on several seats. `flush` speaks it after the command. */
  tell(event, { isOwn, isOfSeveral }) {
    const sentence = sentenceFor(event, { isOwn, isOfSeveral });
    if (sentence === null) return;
    const line = make("li", { "data-type": event.event_type, "data-own": isOwn ? "" : undefined }, sentence);
    if (LOUD.has(event.event_type)) line.dataset.loud = "";
    this.#log.prepend(line);
    while (this.#log.children.length > KEPT_LINES) this.#log.lastElementChild.remove();
    if (isForListeners(event, isOwn)) this.#spoken.push(sentence);
  }

  /** Speaks what has been told since the last time. */
  flush() {
    if (this.#spoken.length) setText(this.#announcer, this.#spoken.join(" "));
    this.#spoken = [];
  }

  /** Speaks a sentence that no event stands behind. */
  say(sentence) {
    setText(this.#announcer, sentence);
  }
}
