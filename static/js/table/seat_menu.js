/** What a player does with a seat between hands: sit out or in, add chips, leave. */
import { part, setText } from "../dom.js";
import { parse, toWire } from "../money.js";

export class SeatMenu {
  #menu;
  #add;
  #dialog;
  #model;
  /** The seats that the open form and the open dialog are about, whichever is chosen meanwhile. */
  #adding = null;
  #leaving = null;

  /** `act(action, data)` gives a promise of whether the table agreed. */
  constructor(controls, model, { act, complain }) {
    this.#menu = part(controls, "seat-menu");
    this.#add = part(controls, "add");
    this.#dialog = part(controls, "leave-dialog");
    this.#model = model;
    this.#listenToAdd(act, complain);
    part(this.#menu, "sit-toggle").addEventListener("click", () => {
      const { seat, status } = model.chosenSeat;
      act(status === "active" ? "sit_out" : "sit_in", { seat });
    });
    part(this.#menu, "leave").addEventListener("click", () => {
      this.#leaving = model.chosenSeat.seat;
      if (this.#isInPlay(model.chosenSeat)) this.#dialog.showModal();
      else act("leave_table", { seat: this.#leaving });
    });
    this.#dialog.addEventListener("close", () => this.#dialog.returnValue === "leave" && act("leave_table", { seat: this.#leaving }));
  }

  /** Shows the menu to who has a seat. */
  show() {
    const { chosenSeat: seat, hasSeveral, ownSeats } = this.#model;
    this.#menu.hidden = !seat;
    if (!ownSeats.some((own) => own.seat === this.#adding)) this.#open(false);
    if (!seat) return;
    setText(part(this.#menu, "sit-toggle"), seat.status === "active" ? "Sit out" : "Sit in");
    setText(part(this.#menu, "leave-what"), hasSeveral ? `seat ${seat.seat}` : "the table");
    part(this.#menu, "leave-what").toggleAttribute("data-needed", hasSeveral);
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
      else if (await act("add_chips", { seat: this.#adding, amount: toWire(cents) })) this.#open(false);
    });
  }

  #open(isOpen) {
    this.#add.hidden = !isOpen;
    part(this.#menu, "add-open").setAttribute("aria-expanded", isOpen);
    if (!isOpen) return;
    const { chosenSeat, hasSeveral } = this.#model;
    this.#adding = chosenSeat.seat;
    setText(part(this.#add, "add-name"), hasSeveral ? `Chips to add to seat ${this.#adding}` : "Chips to add");
  }

  #isInPlay(seat) {
    const isOver = ["settled", "waiting", "betting", "closed"].includes(this.#model.state.phase);
    return !isOver && seat.hands.length > 0;
  }
}
