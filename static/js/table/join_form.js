/** Taking a seat: which chair, and with how many chips. */
import { keyed, make, part } from "../dom.js";
import { fromWire, parse, plain, toWire } from "../money.js";

export class JoinForm {
  #form;
  #select;
  #notice;

  /** `notice` is shown where no seat is free; `join(data)` takes the seat; chairs on the felt choose it. */
  constructor(form, notice, felt, { join, complain }) {
    this.#form = form;
    this.#notice = notice;
    this.#select = part(form, "join-seat");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const cents = parse(form.elements.amount.value);
      if (cents === null) complain("Type the chips to sit down with as a number.");
      else join({ seat: Number(this.#select.value), buy_in: toWire(cents) });
    });
    felt.addEventListener("click", (event) => {
      const chair = event.target.closest("[data-part='chair']");
      if (chair) this.#choose(chair.closest("[data-seat]").dataset.seat);
    });
  }

  /** Shows the form to a player who has no seat, while there are free ones. */
  show(model) {
    const free = model.ownSeats.length || model.state.phase === "closed" ? [] : model.freeSeats;
    this.#form.hidden = free.length === 0;
    this.#notice.hidden = model.ownSeats.length > 0 || model.state.phase === "closed" || free.length > 0;
    keyed(this.#select, free, (number) => number, (number) => make("option", { value: number }, `Seat ${number}`));
  }

  /** Offers no more chips than the wallet holds. */
  fitTo(walletNumber) {
    const field = this.#form.elements.amount;
    const cents = parse(field.value);
    const wallet = fromWire(walletNumber);
    if (wallet > 0 && cents !== null && cents > wallet && document.activeElement !== field) field.value = plain(wallet);
  }

  #choose(number) {
    this.#select.value = number;
    this.#form.elements.amount.focus();
    this.#form.elements.amount.select();
  }
}
