/** The bet: chips that add up, a field to type in, and the last bet once more. */
import { keyed, make, part, setText } from "../dom.js";
import { format, fromWire, parse, plain, toWire } from "../money.js";

const DENOMINATIONS = [1, 5, 10, 25, 50, 100, 500, 1_000, 5_000, 25_000, 100_000].map((chips) => chips * 100);
const CHIPS_SHOWN = 5;
const COLOURS = 7;

export class BetForm {
  #form;
  #model;
  #field;
  #round = null;

  /** `bet(amount)` places a bet, an amount of the wire; `complain(sentence)` says what is wrong with the field. */
  constructor(form, model, { bet, complain }) {
    this.#form = form;
    this.#model = model;
    this.#field = form.elements.amount;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const cents = parse(this.#field.value);
      if (cents === null) complain("Type the bet as a number of chips.");
      else bet(toWire(cents));
    });
    part(form, "clear").addEventListener("click", () => this.#set(0));
    part(form, "rebet").addEventListener("click", () => bet(toWire(model.lastBetCents)));
    this.#showChips();
  }

  /** Shows the form while `request` asks for a bet; each round begins with the last bet in the field. */
  show(request) {
    const wasHidden = this.#form.hidden;
    this.#form.hidden = !request;
    if (!request) return;
    const { state, lastBetCents } = this.#model;
    if (wasHidden || state.round_number !== this.#round) {
      this.#round = state.round_number;
      if (document.activeElement !== this.#field) this.#set(lastBetCents ?? fromWire(request.min_bet));
    }
    const placed = this.#model.ownSeats.some((seat) => seat.seat === request.seat && seat.bet);
    setText(part(this.#form, "bet-label"), placed ? "Change bet" : "Bet");
    const rebet = part(this.#form, "rebet");
    rebet.hidden = lastBetCents === null || placed;
    if (lastBetCents !== null) setText(rebet, `Rebet ${format(lastBetCents)}`);
  }

  #set(cents) {
    this.#field.value = cents ? plain(cents) : "";
  }

  #showChips() {
    const least = fromWire(this.#model.state.min_bet);
    const step = parse(this.#field.step);
    const shown = DENOMINATIONS.filter((cents) => cents * 2 >= least && cents % step === 0).slice(0, CHIPS_SHOWN);
    keyed(part(this.#form, "chips"), shown, (cents) => cents, (cents) => {
      const button = make("button", { type: "button", class: "chip", "data-chip": DENOMINATIONS.indexOf(cents) % COLOURS, "aria-label": `Add ${format(cents)}` }, format(cents));
      button.addEventListener("click", () => this.#set((parse(this.#field.value) ?? 0) + cents));
      return button;
    });
  }
}
