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
    for (const button of this.#controls.querySelectorAll("[data-move]")) {
      button.disabled = !request?.valid_actions.includes(button.dataset.move);
    }
    // A question of its own, at few tables: where it is not asked it takes no room.
    const declineSurrender = this.#controls.querySelector("[data-move='DECLINE_SURRENDER']");
    declineSurrender.hidden = declineSurrender.disabled;
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
