/** The buttons of a hand and of insurance: enabled exactly as the table's request lists them. */
import { part, setText } from "../dom.js";
import { format, fromWire, parse, plain, toWire } from "../money.js";

export class MovePanels {
  #controls;
  #field;
  #offered = null;

  /** `play(data)` makes a move. */
  constructor(controls, { play, complain }) {
    this.#controls = controls;
    this.#field = controls.querySelector("#insurance-amount");
    for (const button of controls.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => {
        const move = button.dataset.move;
        const cents = move === "INSURANCE" ? parse(this.#field.value) : undefined;
        if (cents === null) complain("Type the insurance as a number of chips.");
        else play({ action: move, ...(cents === undefined ? {} : { amount: toWire(cents) }) });
      });
    }
  }

  /** Enables what `request` lists; shows the panel that belongs to the phase, or none to who has no seat. */
  show(request, model) {
    const isOffer = Boolean(request?.valid_actions.includes("DECLINE_INSURANCE"));
    const isBet = Boolean(request?.valid_actions.includes("BET"));
    part(this.#controls, "insurance").hidden = !isOffer;
    part(this.#controls, "moves").hidden = isOffer || isBet || model.ownSeats.length === 0;
    const isEarlySurrender = Boolean(request?.valid_actions.includes("DECLINE_SURRENDER"));
    part(this.#controls, "moves").toggleAttribute("data-two", isEarlySurrender);
    for (const button of this.#controls.querySelectorAll("[data-move]")) {
      const { move } = button.dataset;
      button.disabled = !request?.valid_actions.includes(move);
      // Early surrender is a question of its own; otherwise every move keeps its place.
      if (isEarlySurrender || move === "DECLINE_SURRENDER") button.hidden = button.disabled;
      else button.hidden = false;
    }
    setText(part(this.#controls, "insurance-seat"), model.hasSeveral && isOffer ? ` for seat ${request.seat}` : "");
    if (isOffer && request.request_id !== this.#offered) this.#offer(request);
  }

  #offer(request) {
    this.#offered = request.request_id;
    const most = fromWire(request.max_amount);
    setText(part(this.#controls, "insurance-max"), format(most));
    this.#field.value = plain(most);
    this.#field.disabled = !request.valid_actions.includes("INSURANCE");
  }
}
