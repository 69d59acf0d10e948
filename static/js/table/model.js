/** What the page knows: the table's last state, what the table asks of the viewer, and how their rounds went. */
import { fromWire } from "../money.js";

const REQUEST_IS_OVER = new Set(["PLAYER_ACTION", "INSURANCE_DECISION", "PLAYER_SAT_OUT", "PLAYER_LEFT"]);

export class TableModel {
  /** Every open request, by seat; `request` is the one to show. */
  #requests = new Map();
  /** What the last round brought to each of the viewer's seats. */
  #nets = new Map();

  constructor(state, playerId) {
    this.state = state;
    this.playerId = playerId;
    this.lastBetCents = null;
    this.revealed = null;
  }

  isOwn({ player_id: playerId }) {
    return Boolean(this.playerId) && playerId === this.playerId;
  }

  /** The viewer's seats, lowest first. */
  get ownSeats() {
    return this.state.seats.filter((seat) => this.isOwn(seat));
  }

  get freeSeats() {
    const taken = new Set(this.state.seats.map((seat) => seat.seat));
    return Array.from({ length: this.state.seat_count }, (_, index) => index + 1).filter((number) => !taken.has(number));
  }

  /** What the table awaits from the viewer now, or null. */
  get request() {
    const open = [...this.#requests.values()].filter((request) => this.#isOpen(request));
    return open.sort((one, other) => one.seat - other.seat)[0] ?? null;
  }

  /** What the viewer won or lost in the last round, or null where they had no part in it. */
  get netCents() {
    return this.#nets.size ? [...this.#nets.values()].reduce((sum, net) => sum + net, 0) : null;
  }

  /** The time that everybody waits for now, in the server's seconds, or null. */
  get deadline() {
    return this.state.turn ? this.state.turn.deadline : this.state.deadline;
  }

  ask(request) {
    this.#requests.set(request.seat, request);
  }

  /** Forgets what was asked: after a reconnect the table asks again. */
  forgetRequests() {
    this.#requests.clear();
  }

  hear({ event_type: type, data }) {
    if (type === "TABLE_STATE") this.state = data.state;
    if (type === "ROUND_STARTED" || type === "ROUND_ENDED") this.forgetRequests();
    if (type === "ROUND_ENDED") this.#keepResults(data.results);
    if (type === "SHOE_REVEALED") this.revealed = data;
    if (type === "PLAYER_BET" && this.isOwn(data)) {
      this.lastBetCents = fromWire(data.amount);
      this.#nets.clear();
    }
    if (REQUEST_IS_OVER.has(type) && this.isOwn(data)) this.#requests.delete(data.seat);
  }

  #keepResults(results) {
    this.#nets.clear();
    for (const result of results) {
      if (this.isOwn(result)) this.#nets.set(result.seat, fromWire(result.net));
    }
  }

  #isOpen({ seat, hand_id: handId, valid_actions: actions }) {
    const { phase, turn } = this.state;
    if (actions.includes("BET")) return phase === "betting";
    if (phase === "insurance") return actions.includes("DECLINE_INSURANCE");
    return phase === "playing" && turn?.seat === seat && turn.hand_id === handId;
  }
}
