/** Quick reactions: a few fixed words, shown at the seat of who says them for some seconds, to who wants to see them. */
import { make, part, setText } from "../dom.js";

const STORED = "cardsharp-reactions";
const SHOWN_MS = 4_000;

export class Reactions {
  #root;
  #room;
  #model;
  #complain;
  #menu;
  #checkbox;
  /** What takes the shown reaction away again, by seat. */
  #timers = new Map();

  constructor(root, { room, model, complain }) {
    this.#root = root;
    this.#room = room;
    this.#model = model;
    this.#complain = complain;
    this.#menu = part(root, "reactions");
    this.#checkbox = part(root, "reactions-on");
    this.#checkbox.checked = localStorage.getItem(STORED) !== "off";
    this.#checkbox.addEventListener("change", () => {
      localStorage.setItem(STORED, this.#checkbox.checked ? "on" : "off");
      if (!this.#checkbox.checked) for (const seat of [...this.#timers.keys()]) this.#hide(seat);
    });
    this.#menu.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-reaction]");
      if (button) this.#send(button.dataset.reaction);
    });
  }

  hear({ event_type: type, data }) {
    if (type === "PLAYER_REACTED" && this.#checkbox.checked) this.#show(data);
    if (type === "PLAYER_LEFT") this.#hide(data.seat);
  }

  show() {
    if (this.#model.ownSeats.length === 0 && this.#menu.matches(":popover-open")) this.#menu.hidePopover();
  }

  async #send(reaction) {
    this.#menu.hidePopover();
    if (this.#root.dataset.connection !== "live") return; // said later it would mean something else
    try {
      await this.#room.act("send_reaction", { reaction });
    } catch (refusal) {
      this.#complain(refusal);
    }
  }

  #show({ seat, player_name: name, reaction }) {
    const button = this.#menu.querySelector(`[data-reaction="${CSS.escape(reaction)}"]`);
    const place = this.#root.querySelector(`.seat[data-seat="${Number(seat)}"]`);
    if (!button || !place) return; // of a newer server than this page
    this.#hide(seat);
    place.append(make("p", { class: "reaction", "data-part": "reaction", "aria-hidden": "true" }, ...[...button.children].map((child) => child.cloneNode(true))));
    setText(part(this.#root, "reaction-announcer"), `${name}: ${button.textContent.trim()}.`);
    this.#timers.set(seat, setTimeout(() => this.#hide(seat), SHOWN_MS));
  }

  #hide(seat) {
    clearTimeout(this.#timers.get(seat));
    this.#timers.delete(seat);
    this.#root.querySelector(`.seat[data-seat="${Number(seat)}"] .reaction`)?.remove();
    if (this.#timers.size === 0) setText(part(this.#root, "reaction-announcer"), "");
  }
}
