/** The last rounds of this table, newest first: what the dealer had, and what each brought the viewer. */
import { keyed, make, part, setAttribute, setText } from "../dom.js";
import { fromWire, signed } from "../money.js";

const KEPT = 12;
const BUST = 21;

export class LastRounds {
  #list;
  #model;
  #rounds;

  /** `rounds` are those that were over before the page came: `number`, `dealer_value`, and `net` or null. */
  constructor(root, model, rounds) {
    this.#list = part(root, "rounds");
    this.#model = model;
    this.#rounds = rounds.map(({ net, ...round }) => ({ ...round, cents: net === null ? null : fromWire(net) }));
    this.#show();
  }

  hear({ event_type: type, data }) {
    if (type !== "ROUND_ENDED" || !data.results.length) return;
    const isKnown = this.#rounds.some(({ number }) => number === data.round_number);
    if (isKnown) return; // told again after a break
    this.#rounds = [{ number: data.round_number, dealer_value: data.dealer_value, cents: this.#netOf(data.results) }, ...this.#rounds].slice(0, KEPT);
    this.#show();
  }

  #netOf(results) {
    const own = results.filter((result) => this.#model.isOwn(result));
    return own.length ? own.reduce((sum, { net }) => sum + fromWire(net), 0) : null;
  }

  #show() {
    keyed(this.#list, this.#rounds, ({ number }) => number, () => make("li", {}, make("span", { "data-part": "net" }), make("span", { "data-part": "what" })), (item, { number, cents, dealer_value: dealer }) => {
      setAttribute(item, "data-net", cents === null ? "none" : Math.sign(cents));
      setText(part(item, "net"), cents === null ? "–" : signed(cents));
      setText(part(item, "what"), dealer > BUST ? "dealer bust" : `dealer ${dealer}`);
      setAttribute(item, "aria-label", inWords(number, cents, dealer));
    });
  }
}

function inWords(number, cents, dealer) {
  const had = dealer > BUST ? "the dealer busted" : `the dealer had ${dealer}`;
  return `Round ${number}: ${cents === null ? "without you" : cents === 0 ? "you broke even" : signed(cents)}; ${had}.`;
}
