/** Which of several own seats is meant: by the next bet, and by sitting out, adding chips and leaving. */
import { keyed, make, part, setText } from "../dom.js";
import { format, fromWire } from "../money.js";

export class SeatSwitch {
  #box;
  #model;

  /** `changed()` is called when the viewer picks a seat. */
  constructor(controls, model, changed) {
    this.#box = part(controls, "seat-switch");
    this.#model = model;
    this.#box.addEventListener("change", ({ target }) => {
      model.choose(Number(target.value));
      changed();
    });
  }

  /** Shows the seats to who has several. */
  show() {
    const { hasSeveral, ownSeats, chosenSeat } = this.#model;
    this.#box.hidden = !hasSeveral;
    keyed(part(this.#box, "own-seats"), hasSeveral ? ownSeats : [], ({ seat }) => seat, choiceFor, (label, seat) => {
      label.querySelector("input").checked = seat.seat === chosenSeat.seat;
      setText(part(label, "bet"), seat.bet ? `bet ${format(fromWire(seat.bet))}` : "");
    });
  }
}

function choiceFor({ seat }) {
  return make(
    "label",
    { class: "segment" },
    make("input", { type: "radio", name: "own-seat", value: seat }),
    make("span", {}, `Seat ${seat}`),
    make("span", { "data-part": "bet" }),
  );
}
