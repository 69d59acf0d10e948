/** Taking a seat, or a further one: which chair, and with how many chips. */
import { keyed, make, part, setText } from "../dom.js";
import { fromWire, parse, plain, toWire } from "../money.js";

const NOT_ADMITTED = {
  members: "Only members of this table may sit down. You are welcome to watch.",
  nobody: "The house lets nobody new sit down here for now. You are welcome to watch.",
};

export class JoinForm {
  #form;
  #select;
  #notice;
  #another;
  /** Who has a seat already is shown the form only when they want one more. */
  #wantsAnother = false;

  /** `join(data)` gives a promise of whether the seat is taken; chairs on the felt choose it. */
  constructor(controls, felt, { join, complain }) {
    this.#form = part(controls, "join");
    this.#notice = part(controls, "no-seat");
    this.#another = part(controls, "another");
    this.#select = part(this.#form, "join-seat");
    this.#form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const cents = parse(this.#form.elements.amount.value);
      if (cents === null) complain("Type the chips to sit down with as a number.");
      else if (await join({ seat: Number(this.#select.value), buy_in: toWire(cents) })) this.#open(false);
    });
    this.#another.addEventListener("click", () => {
      this.#open(!this.#wantsAnother);
      if (this.#wantsAnother) this.#select.focus();
    });
    felt.addEventListener("click", (event) => {
      const chair = event.target.closest("[data-part='chair']");
      if (chair) this.#choose(chair.closest("[data-seat]").dataset.seat);
    });
  }

  /** Shows the form to a player who may take a seat and has none or wants another, while there are free ones. */
  show(model) {
    const isSeated = model.ownSeats.length > 0;
    const free = model.canTakeSeat ? model.freeSeats : [];
    this.#another.hidden = !isSeated || free.length === 0;
    if (this.#another.hidden) this.#wantsAnother = false;
    this.#form.hidden = free.length === 0 || (isSeated && !this.#wantsAnother);
    this.#another.setAttribute("aria-expanded", this.#wantsAnother);
    this.#notice.hidden = isSeated || model.state.phase === "closed" || free.length > 0;
    setText(this.#notice, model.isAdmitted ? "You are watching: every seat is taken." : NOT_ADMITTED[model.state.open_to]);
    keyed(this.#select, free, (number) => number, (number) => make("option", { value: number }, `Seat ${number}`));
  }

  /** Offers no more chips than the wallet holds; practice chips come from no wallet. */
  fitTo(walletNumber) {
    if ("practice" in this.#form.dataset) return;
    const field = this.#form.elements.amount;
    const cents = parse(field.value);
    const wallet = fromWire(walletNumber);
    if (wallet > 0 && cents !== null && cents > wallet && document.activeElement !== field) field.value = plain(wallet);
  }

  #open(isOpen) {
    this.#wantsAnother = isOpen;
    this.#another.setAttribute("aria-expanded", isOpen);
    if (!this.#another.hidden) this.#form.hidden = !isOpen;
  }

  #choose(number) {
    this.#open(true);
    this.#select.value = number;
    this.#form.elements.amount.focus();
    this.#form.elements.amount.select();
  }
}
