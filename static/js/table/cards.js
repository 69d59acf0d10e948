/** Cards and hands as elements, and their names in words. */
import { keyed, make, part, setAttribute, setText } from "../dom.js";
import { format, fromWire } from "../money.js";

const SUITS = { "♠": "spades", "♥": "hearts", "♦": "diamonds", "♣": "clubs" };
const COURT = { A: "ace", K: "king", Q: "queen", J: "jack" };

/** The results of a hand in words. */
export const RESULTS = {
  blackjack: "Blackjack",
  win: "Win",
  push: "Push",
  lose: "Lose",
  bust: "Bust",
  surrender: "Surrender",
  even_money: "Even money",
};

/** A card's name in words: king of hearts. */
export function cardName(card) {
  const rank = card.slice(0, -1);
  return `${COURT[rank] ?? rank} of ${SUITS[card.slice(-1)]}`;
}

/** A total as people say it: 17, or soft 17. */
export function totalName(value, isSoft) {
  return isSoft && value < 21 ? `soft ${value}` : String(value);
}

/** Shows cards in `element`, null for one that lies face down; gives the elements that are new. */
export function showCards(element, cards) {
  const fresh = [];
  keyed(
    element,
    cards,
    (card, index) => `${index} ${card ?? "face down"}`,
    (card) => {
      fresh.push(cardElement(card));
      return fresh.at(-1);
    },
  );
  return fresh;
}

/** An empty hand for `showHand`. */
export function handElement() {
  return make(
    "div",
    { class: "hand", role: "group" },
    make("div", { class: "cards", "data-part": "cards", "aria-hidden": "true" }),
    make(
      "p",
      { class: "hand-line", "aria-hidden": "true" },
      make("span", { class: "total", "data-part": "total" }),
      make("span", { class: "wager", "data-part": "wager" }),
      make("span", { class: "result", "data-part": "result" }),
    ),
  );
}

/** Shows a hand of the wire in its element; gives the elements of new cards. */
export function showHand(element, hand, { owner, isActive }) {
  const total = hand.cards.length ? totalName(hand.value, hand.is_soft) : "";
  const result = hand.result ? RESULTS[hand.result] ?? hand.result : "";
  const isNatural = hand.status === "blackjack" && !result;
  setText(part(element, "total"), isNatural ? "Blackjack" : total);
  setText(part(element, "wager"), format(fromWire(hand.bet)));
  setText(part(element, "result"), result);
  setAttribute(element, "data-active", isActive);
  setAttribute(element, "data-status", hand.status);
  setAttribute(element, "data-result", hand.result);
  const said = [`${owner}: ${hand.cards.map(cardName).join(", ") || "no cards yet"}`, total, `bet ${format(fromWire(hand.bet))}`, result];
  setAttribute(element, "aria-label", said.filter(Boolean).join("; "));
  return showCards(part(element, "cards"), hand.cards);
}

function cardElement(card) {
  if (card === null) return make("span", { class: "card", "data-face-down": "" });
  const rank = card.slice(0, -1);
  const suit = card.slice(-1);
  return make(
    "span",
    { class: "card", "data-suit": suit, "data-rank": rank },
    make("span", { class: "card-index" }, make("b", {}, rank), make("i", {}, suit)),
    make("span", { class: "card-pip" }, suit),
  );
}
