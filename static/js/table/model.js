/** What the page knows: the table's last state, what the table asks of the viewer, and how their rounds went. */
import { fromWire } from "../money.js";

const REQUEST_IS_OVER = new Set(["PLAYER_ACTION", "INSURANCE_DECISION", "PLAYER_SAT_OUT", "PLAYER_LEFT"]);

export class TableModel {
  /** Every open request, by seat; `request` is the one to show. */
  #requests = new Map();
  /** What the last round brought to each of the viewer's seats. */
  #nets = new Map();
  /** The last bet on each of the viewer's seats, the newest last. */
  #lastBets = new Map();
  /** The seat that the viewer picked among several of theirs. */
  #chosen = null;

  /** `seatsPerPlayer` is how many seats the table gives to one player, `isMember` whether the viewer is one of its members. */
  constructor(state, playerId, seatsPerPlayer, isMember = false) {
    this.state = state;
    this.playerId = playerId;
    this.seatsPerPlayer = seatsPerPlayer;
    this.isMember = isMember;
    this.revealed = null;
  }

  isOwn({ player_id: playerId }) {
    return Boolean(this.playerId) && playerId === this.playerId;
  }

  /** The viewer's seats, lowest first. */
  get ownSeats() {
    return this.state.seats.filter((seat) => this.isOwn(seat));
  }

  /** Whether the viewer must be told which of their seats is meant. */
  get hasSeveral() {
    return this.ownSeats.length > 1;
  }

  /** Whether that player has more than one seat. */
  playsSeveral({ player_id: playerId }) {
    return this.state.seats.filter((seat) => seat.player_id === playerId).length > 1;
  }

  get canTakeSeat() {
    const hasRoom = this.ownSeats.length < this.seatsPerPlayer && this.state.phase !== "closed";
    return Boolean(this.playerId) && hasRoom && (this.isAdmitted || this.ownSeats.length > 0);
  }

  /** Whether the house lets the viewer sit down. */
  get isAdmitted() {
    const openTo = this.state.open_to;
    return openTo === "everybody" || (openTo === "members" && this.isMember);
  }

  /** The viewer's seat that bets and the seat menu are about: the picked one, else the next to bet, else the lowest. */
  get chosenSeat() {
    const own = this.ownSeats;
    return own.find((seat) => seat.seat === this.#chosen) ?? this.seatsToBet[0] ?? own[0] ?? null;
  }

  choose(number) {
    this.#chosen = number;
  }

  /** The viewer's seats that are asked for a bet and have none yet. */
  get seatsToBet() {
    return this.ownSeats.filter((seat) => !seat.bet && this.requestOf(seat.seat)?.valid_actions.includes("BET"));
  }

  get freeSeats() {
    const taken = new Set(this.state.seats.map((seat) => seat.seat));
    return Array.from({ length: this.state.seat_count }, (_, index) => index + 1).filter((number) => !taken.has(number));
  }

  /** What the table awaits from the viewer now, or null: where several seats are asked, the chosen one's bet first. */
  get request() {
    const open = this.ownSeats.map(({ seat }) => this.requestOf(seat)).filter(Boolean);
    if (this.state.phase !== "betting") return open[0] ?? null;
    return open.find(({ seat }) => seat === this.chosenSeat.seat) ?? open[0] ?? null;
  }

  /** What the table awaits from that seat of the viewer, or null. */
  requestOf(number) {
    const request = this.#requests.get(number);
    return request && this.#isOpen(request) ? request : null;
  }

  /** The last bet on that seat of the viewer, or null. */
  lastBetOf(number) {
    return this.#lastBets.get(number) ?? null;
  }

  /** The last bets on the viewer's seats that are asked for one and have none yet: `seat` and `cents`. */
  get lastBets() {
    const bets = this.seatsToBet.map(({ seat }) => ({ seat, cents: this.lastBetOf(seat) }));
    return bets.filter(({ cents }) => cents !== null);
  }

  /** Takes over the viewer's last bets from before this page: numbers of the wire, by seat. */
  rememberBets(bets) {
    for (const [seat, amount] of Object.entries(bets)) this.#lastBets.set(Number(seat), fromWire(amount));
  }

  /** The chips on the stack of that seat. */
  stackOf(number) {
    return fromWire(this.state.seats.find(({ seat }) => seat === number).stack);
  }

  /** The seats that the table waits for: numbers. */
  get awaitedSeats() {
    const { phase, turn, seats } = this.state;
    if (turn) return [turn.seat];
    return phase === "betting" ? seats.filter(({ status, bet }) => status === "active" && !bet).map(({ seat }) => seat) : [];
  }

  /** The newest of the viewer's bets, or null. */
  get lastBetCents() {
    return [...this.#lastBets.values()].at(-1) ?? null;
  }

  /** What that seat of the viewer won or lost in the last round, or null. */
  netOf(number) {
    return this.#nets.get(number) ?? null;
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
    if (type === "PLAYER_BET" && this.isOwn(data)) this.#keepBet(data);
    if (REQUEST_IS_OVER.has(type) && this.isOwn(data)) this.#requests.delete(data.seat);
  }

  #keepBet({ seat, amount }) {
    this.#lastBets.delete(seat);
    this.#lastBets.set(seat, fromWire(amount));
    this.#nets.clear();
    if (seat === this.#chosen) this.#chosen = null;
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
