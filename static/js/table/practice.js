/** What a practice table tells beside the game: a hint when it is asked for, and how the last round was decided. */
import { make, part, setAttribute } from "../dom.js";
import { totalName } from "./cards.js";

/** Each move: what you did, what basic strategy does, and what a hint says. */
const MOVES = {
  HIT: ["hit", "hits", "Hit"],
  STAND: ["stood", "stands", "Stand"],
  DOUBLE: ["doubled", "doubles", "Double"],
  SPLIT: ["split", "splits", "Split"],
  SURRENDER: ["surrendered", "surrenders", "Surrender"],
  DECLINE_SURRENDER: ["played on", "plays on", "Play on"],
  INSURANCE: ["took insurance", "takes insurance", "Insure"],
  DECLINE_INSURANCE: ["declined insurance", "declines insurance", "No insurance"],
  EVEN_MONEY: ["took even money", "takes even money", "Even money"],
};

export class Practice {
  #controls;
  #button;
  #words;
  #room;
  #complain;
  #tableId;
  /** The request that can be asked about, and the one whose hint is shown. */
  #request = null;
  #hinted = null;
  /** The last round that has been counted: a round may be told of twice. */
  #counted = 0;
  #right = 0;
  #decided = 0;

  constructor(root, { room, complain }) {
    this.#controls = part(root, "controls");
    this.#button = part(root, "hint");
    this.#words = part(root, "practice-words");
    this.#room = room;
    this.#complain = complain;
    this.#tableId = root.dataset.tableId;
    this.#button.addEventListener("click", () => this.#hint());
  }

  hear({ event_type: type }) {
    if (type === "ROUND_ENDED") this.#review();
  }

  show(request) {
    this.#request = request?.hand_id ? request : null;
    this.#button.disabled = this.#request === null;
    if (this.#hinted && this.#hinted !== request?.request_id) this.#mark(null);
  }

  async #hint() {
    const hint = await this.#ask("get_hint");
    if (!hint || hint.request_id !== this.#request?.request_id) return; // it came too late to be of use
    this.#mark(hint);
    this.#say(make("p", { class: "hint" }, make("strong", {}, MOVES[hint.action][2]), ", says basic strategy."));
  }

  /** Marks the button of the hinted move, or none. */
  #mark(hint) {
    this.#hinted = hint?.request_id ?? null;
    for (const button of this.#controls.querySelectorAll("[data-move]")) {
      setAttribute(button, "data-hinted", hint !== null && button.dataset.move === hint.action);
    }
  }

  async #review() {
    const review = await this.#ask("get_review");
    if (!review) return;
    const wrong = review.decisions.filter(({ action, advised }) => action !== advised);
    if (review.round_number > this.#counted) {
      this.#counted = review.round_number;
      this.#decided += review.decisions.length;
      this.#right += review.decisions.length - wrong.length;
    }
    const lines = wrong.map((decision) => make("p", {}, sentenceFor(decision)));
    const soFar = this.#decided ? ` Right so far: ${this.#right} of ${this.#decided}.` : "";
    this.#say(...lines, make("p", { class: "tally" }, summary(review.decisions.length, wrong.length), soFar));
  }

  #say(...nodes) {
    this.#words.replaceChildren(...nodes);
    this.#words.scrollTop = 0;
  }

  async #ask(type) {
    try {
      return await this.#room.ask(type, { table_id: this.#tableId });
    } catch (refusal) {
      if (refusal.code !== "wrong_phase") this.#complain(refusal); // the hand was over a moment before
      return null;
    }
  }
}

function summary(count, wrong) {
  if (count === 0) return "There was nothing to decide in that round.";
  if (wrong === 0) return count === 1 ? "Your decision was basic strategy." : `All ${count} decisions were basic strategy.`;
  return "";
}

function sentenceFor({ value, is_soft: isSoft, cards, up_card: upCard, action, advised }) {
  return `With ${totalName(value, isSoft)} (${cards.join(" ")}) against ${upCard} you ${MOVES[action][0]}; basic strategy ${MOVES[advised][1]}.`;
}
