/** Keeps what happened: a list of sentences, newest last, and one announcement for each thing that comes at once. */
import { make, part } from "../dom.js";
import { isForListeners, sentenceFor } from "./narration.js";

const KEPT_LINES = 150;
const NEARLY_PIXELS = 40;
const KEPT_ANNOUNCEMENTS = 8;
const LOUD = new Set(["ROUND_STARTED", "HAND_RESULT", "INSURANCE_RESULT"]);

export class Story {
  #log;
  #announcer;
  #spoken = [];
  #isAtEnd = true;

  constructor(root) {
    this.#log = part(root, "log");
    this.#log.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#log;
      this.#isAtEnd = scrollTop + clientHeight >= scrollHeight - NEARLY_PIXELS;
    });
    this.#announcer = part(root, "announcer");
  }

  /** Writes an event down: the viewer's own, or of a player on several seats. `flush` speaks it after the command. */
  tell(event, { isOwn, isOfSeveral }) {
    const sentence = sentenceFor(event, { isOwn, isOfSeveral });
    if (sentence === null) return;
    const line = make("li", { "data-type": event.event_type, "data-own": isOwn ? "" : undefined }, sentence);
    if (LOUD.has(event.event_type)) line.dataset.loud = "";
    this.#log.append(line);
    while (this.#log.children.length > KEPT_LINES) this.#log.firstElementChild.remove();
    if (isForListeners(event, isOwn)) this.#spoken.push(sentence);
  }

  /** Speaks what has been told since the last time, and shows the end of the list to who has not scrolled back. */
  flush() {
    if (this.#isAtEnd) requestAnimationFrame(() => this.#log.scrollTo(0, this.#log.scrollHeight));
    if (this.#spoken.length) this.say(this.#spoken.join(" "));
    this.#spoken = [];
  }

  /** Speaks a sentence, after those before it: what is added to the region is read, what is replaced might not be. */
  say(sentence) {
    this.#announcer.append(make("p", {}, sentence));
    while (this.#announcer.children.length > KEPT_ANNOUNCEMENTS) this.#announcer.firstElementChild.remove();
  }
}
