/** The time that is left: a bar and seconds, by the server's clock. */
import { part, setText } from "../dom.js";

const TICK_MS = 200;
const WARN_SECONDS = 8;

export class Countdown {
  #box;
  #clock;
  #warn;
  #deadline = null;
  #total = 1;
  #isOwn = false;
  #plates = [];

  /** `warn(seconds)` is called once when the viewer's own time runs short. */
  constructor(box, clock, warn) {
    this.#box = box;
    this.#clock = clock;
    this.#warn = warn;
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Counts down to a time of the server, or shows nothing for null; `plates` are those of the seats that are waited for. */
  show(deadline, isOwn, plates = []) {
    if (deadline !== this.#deadline) {
      this.#total = deadline === null ? 1 : Math.max(1, this.#clock.secondsUntil(deadline));
      this.#deadline = deadline;
    }
    this.#isOwn = isOwn && this.#total > WARN_SECONDS;
    this.#box.hidden = deadline === null;
    this.#plates = plates;
    for (const plate of plates) plate.toggleAttribute("data-timed", deadline !== null);
    this.#tick();
  }

  #tick() {
    if (this.#deadline === null) return;
    const seconds = this.#clock.secondsUntil(this.#deadline);
    this.#box.querySelector("progress").value = seconds / this.#total;
    this.#box.toggleAttribute("data-short", seconds <= WARN_SECONDS);
    for (const plate of this.#plates) plate.style.setProperty("--time-left", (seconds / this.#total).toFixed(3));
    setText(part(this.#box, "seconds"), `${Math.ceil(seconds)} s`);
    if (this.#isOwn && seconds <= WARN_SECONDS) {
      this.#isOwn = false;
      this.#total = Math.min(this.#total, WARN_SECONDS);
      this.#warn(Math.ceil(seconds));
    }
  }
}
