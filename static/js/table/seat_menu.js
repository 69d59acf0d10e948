/** What a player does with a seat between hands: sit out or in, add chips, leave. */
import { part, setText } from "../dom.js";
import { parse, toWire } from "../money.js";

export class SeatMenu {
  #menu;
  #add;
  #model;

  /** `act(action, data)` gives a promise of whether the table agreed. */
  constructor(controls, model, { act, complain }) {
    this.#menu = part(controls, "seat-menu");
    this.#add = part(controls, "add");
    this.#model = model;
    this.#listenToAdd(act, complain);
    part(this.#menu, "sit-toggle").addEventListener("click", () => act(this.#isOut() ? "sit_in" : "sit_out"));
    const dialog = part(controls, "leave-dialog");
    part(this.#menu, "leave").addEventListener("click", () => (this.#isInPlay() ? dialog.showModal() : act("leave_table")));
    dialog.addEventListener("close", () => dialog.returnValue === "leave" && act("leave_table"));
  }

  /** Shows the menu to who has a seat. */
  show() {
    const seat = this.#model.ownSeats[0];
    this.#menu.hidden = !seat;
    if (!seat) this.#open(false);
    else setText(part(this.#menu, "sit-toggle"), this.#isOut() ? "Sit in" : "Sit out");
  }

  #listenToAdd(act, complain) {
    part(this.#menu, "add-open").addEventListener("click", () => {
      this.#open(this.#add.hidden);
      if (!this.#add.hidden) this.#add.elements.amount.focus();
    });
    this.#add.addEventListener("submit", async (event) => {
      event.preventDefault();
      const cents = parse(this.#add.elements.amount.value);
      if (cents === null) complain("Type the chips to add as a number.");
      else if (await act("add_chips", { amount: toWire(cents) })) this.#open(false);
    });
  }

  #open(isOpen) {
    this.#add.hidden = !isOpen;
    part(this.#menu, "add-open").setAttribute("aria-expanded", isOpen);
  }

  #isOut() {
    return this.#model.ownSeats[0]?.status !== "active";
  }

  #isInPlay() {
    const isOver = ["settled", "waiting", "betting", "closed"].includes(this.#model.state.phase);
    return !isOver && this.#model.ownSeats.some((seat) => seat.hands.length);
  }
}
