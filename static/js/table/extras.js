/** What a site's tables have beside the game: reactions, and practice. Each part hears events and is shown anew by itself. */
import { part } from "../dom.js";
import { Practice } from "./practice.js";
import { Reactions } from "./reactions.js";

export class Extras {
  #parts = [];

  /** `room` is the connection, `story` speaks, `complain(problem)` shows what went wrong. */
  constructor(root, doors) {
    this.#parts.push(new Reactions(root, doors));
    if (part(root, "practice")) this.#parts.push(new Practice(root, doors));
  }

  /** An event has come, which the model knows already. */
  hear(event) {
    for (const each of this.#parts) each.hear(event);
  }

  /** `request` is what the table awaits of the viewer now, or null. */
  show(request) {
    for (const each of this.#parts) each.show(request);
  }
}
