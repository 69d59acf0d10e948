/** The bet of a seat: chips that add up, a field to type in, and the last bets once more. */
import { keyed, make, part, setAttribute, setText } from "../dom.js";
import { chipFace, DENOMINATIONS } from "../drawing/chips.js";
import { format, fromWire, parse, plain } from "../money.js";

const CHIPS_SHOWN = 5;

export class BetForm {
  #form;
  #model;
  #field;
  #seat = null;
  #round = null;
  #max = Infinity;

  /** `bet(bets)` places bets of `seat` and `cents`; `complain(sentence)` says what is wrong with the field. */
  constructor(form, model, { bet, complain }) {
    this.#form = form;
    this.#model = model;
    this.#field = form.elements.amount;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const cents = parse(this.#field.value);
      if (cents === null) complain("Type the bet as a number of chips.");
      else bet([{ seat: this.#seat, cents }]);
    });
    part(form, "clear").addEventListener("click", () => this.#set(0));
    part(form, "rebet").addEventListener("click", () => bet(this.#model.lastBets));
    part(form, "double").addEventListener("click", () => bet(this.#doubled()));
    this.#showChips();
  }

  /** Shows the form while `request` asks for a bet; each seat's round begins with its last bet in the field. */
  show(request) {
    const wasHidden = this.#form.hidden;
    this.#form.hidden = !request;
    if (!request) return;
    if (wasHidden || this.#model.state.round_number !== this.#round || request.seat !== this.#seat) this.#begin(request);
    const { ownSeats, hasSeveral } = this.#model;
    const placed = ownSeats.some((seat) => seat.seat === request.seat && seat.bet);
    setText(part(this.#form, "bet-label"), placed ? "Change bet" : "Bet");
    setText(part(this.#form, "bet-name"), hasSeveral ? `Bet on seat ${request.seat}` : "Bet");
    setAttribute(this.#form, "aria-label", hasSeveral ? `Bet on seat ${request.seat}` : null);
    this.#max = fromWire(request.max_bet);
    this.#showAgain("rebet", this.#model.lastBets);
    this.#showAgain("double", this.#doubled());
  }

  #begin(request) {
    const isNextSeat = request.seat !== this.#seat;
    const isTyping = document.activeElement === this.#field;
    this.#seat = request.seat;
    this.#round = this.#model.state.round_number;
    // What is being typed stays, unless it was for another seat.
    if (isTyping && !isNextSeat) return;
    this.#set(this.#model.lastBetOf(request.seat) ?? this.#model.lastBetCents ?? fromWire(request.min_bet));
    if (isTyping) this.#field.select();
  }

  #showAgain(name, bets) {
    part(this.#form, name).hidden = bets.length === 0;
    setText(part(this.#form, `${name}-amount`), bets.map(({ cents }) => format(cents)).join(" + "));
  }

  /** The last bets twice, as far as the table takes that much. */
  #doubled() {
    return this.#model.lastBets.map(({ seat, cents }) => ({ seat, cents: Math.min(2 * cents, this.#max) }));
  }

  #set(cents) {
    this.#field.value = cents ? plain(cents) : "";
  }

  #showChips() {
    const least = fromWire(this.#model.state.min_bet);
    const step = parse(this.#field.step);
    const shown = DENOMINATIONS.filter((cents) => cents * 2 >= least && cents % step === 0).slice(0, CHIPS_SHOWN);
    keyed(part(this.#form, "chips"), shown, (cents) => cents, (cents, index) => {
      const attributes = { type: "button", class: "chip", "aria-label": `Add ${format(cents)}`, "aria-keyshortcuts": index + 1 };
      const button = make("button", attributes, chipFace(cents), make("span", {}, format(cents)));
      button.addEventListener("click", () => this.#set((parse(this.#field.value) ?? 0) + cents));
      return button;
    });
  }
}
