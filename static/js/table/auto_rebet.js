/** The last bets once more in every round, until something is not as it was. */
import { setAttribute } from "../dom.js";

/** So many rounds begin without a sign of the player before it stops: chips are not to run out of an empty chair. */
const ROUNDS_ALONE = 3;

export class AutoRebet {
  #button;
  #model;
  #doors;
  #isOn = false;
  #roundsAlone = 0;
  /** The seats that it has bet on in this round: once each, whatever came of it. */
  #tried = new Set();

  /** `bet(bets)` gives a promise of whether the table agreed, `isFree` is whether it can be asked now. */
  constructor(button, model, doors) {
    this.#button = button;
    this.#model = model;
    this.#doors = doors;
    button.addEventListener("click", () => this.#turn(!this.#isOn));
    for (const sign of ["pointerdown", "keydown"]) {
      document.addEventListener(sign, () => (this.#roundsAlone = 0), { capture: true });
    }
  }

  hear({ event_type: type, data }) {
    if (type === "PLAYER_TIMEOUT" && this.#model.isOwn(data)) this.#stop("Time was called on you.");
    if (type === "PLAYER_SAT_OUT" && this.#model.isOwn(data)) this.#stop("You are sitting out.");
    if (type !== "ROUND_STARTED") return;
    this.#tried.clear();
    if (this.#isOn && ++this.#roundsAlone > ROUNDS_ALONE) this.#stop(`Nothing was heard of you for ${ROUNDS_ALONE} rounds.`);
  }

  /** Bets where a bet is asked for and the last one is known. */
  async show() {
    if (!this.#model.ownSeats.length) this.#turn(false);
    const bets = this.#isOn && this.#doors.isFree ? this.#model.lastBets.filter(({ seat }) => !this.#tried.has(seat)) : [];
    if (!bets.length) return;
    const poor = bets.find(({ seat, cents }) => cents > this.#model.stackOf(seat));
    if (poor) {
      this.#stop("Your stack does not suffice for the last bet.");
      return;
    }
    for (const { seat } of bets) this.#tried.add(seat);
    if (!(await this.#doors.bet(bets))) this.#stop(this.#doors.problem);
  }

  #turn(isOn) {
    this.#isOn = isOn;
    this.#roundsAlone = 0;
    setAttribute(this.#button, "aria-pressed", String(isOn));
    if (isOn) this.show();
  }

  #stop(reason) {
    if (!this.#isOn) return;
    this.#turn(false);
    this.#doors.complain(`${reason} Auto-rebet is off.`.trim());
  }
}
