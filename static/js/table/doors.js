/** The ways in which the viewer acts at the table: one action at a time, and none without a connection. */
import { toWire } from "../money.js";

const CHANGES_WALLET = new Set(["join_table", "leave_table", "add_chips"]);

export class Doors {
  #room;
  #model;
  #page;
  #isBusy = false;
  /** What the viewer was told last that stood in the way of an action; empty if nothing did. */
  problem = "";

  /** `page`: `isLive()`; `complain(sentence)`, where an empty one takes the last away; and `free()`, called after each action. */
  constructor(room, model, page) {
    this.#room = room;
    this.#model = model;
    this.#page = page;
  }

  /** Whether an action would be taken now. */
  get isFree() {
    return !this.#isBusy && this.#page.isLive();
  }

  complain = (problem) => {
    this.problem = problem.message ?? problem;
    this.#page.complain(problem);
  };

  /** Makes a move: the answer to what the table asks and to nothing else, even where the message arrives late. */
  play = (data) => {
    const { request_id: requestId, seat } = this.#model.request ?? {};
    return this.act("player_action", { ...data, request_id: requestId, seat });
  };

  /**
   * Bets on each of the seats. Another bet replaces the first without naming the request: an amount that was its answer
   * once already would pass for a repetition and change nothing.
   */
  bet = (bets) => {
    const hasBet = (number) => this.#model.ownSeats.some((own) => own.seat === number && own.bet);
    const requestId = (number) => (hasBet(number) ? undefined : this.#model.requestOf(number)?.request_id);
    return this.actEach("place_bet", bets.map(({ seat, cents }) => ({ seat, amount: toWire(cents), request_id: requestId(seat) })));
  };

  act = (action, data) => this.actEach(action, [data]);

  join = (data) => this.act("join_table", data);

  /**
   * Takes an action once for each of `datas`; whether the table agreed to all. An impatient second click does nothing, and
   * what is clicked without a connection is not kept for later.
   */
  async actEach(action, datas) {
    if (this.#isBusy) return false;
    if (!this.#page.isLive()) {
      this.complain("There is no connection just now. What the table shows when it is back is what counts.");
      return false;
    }
    this.#isBusy = true;
    this.complain("");
    try {
      for (const data of datas) await this.#room.act(action, data);
      this.complain(""); // what had to wait for the server is done
      if (CHANGES_WALLET.has(action)) this.refreshWallet();
      return true;
    } catch (refusal) {
      this.complain(refusal.message);
      return false;
    } finally {
      this.#isBusy = false;
      this.#page.free();
    }
  }

  refreshWallet() {
    this.#room.refreshSession().catch((refusal) => this.complain(refusal.message));
  }
}
