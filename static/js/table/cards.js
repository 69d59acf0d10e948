/** Cards and hands as elements, and their names in words. */
import { keyed, make, part, setAttribute, setText } from "../dom.js";
import { cardBack, cardFace } from "../drawing/deck.js";
import { showStack } from "../drawing/chips.js";
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

/** A card's name in words: king of hearts; null is one that lies face down. */
export function cardName(card) {
  if (card === null) return "face down";
  const rank = card.slice(0, -1);
  return `${COURT[rank] ?? rank} of ${SUITS[card.slice(-1)]}`;
}

/** A total as people say it: 17, or soft 17. */
export function totalName(value, isSoft) {
  return isSoft && value < 21 ? `soft ${value}` : String(value);
}

/**
 * Shows cards in `element`, null for one that lies face down; gives what has changed: `element` and `index` of each card
 * that is new, and of each that has been turned over (`isTurned`).
 */
export function showCards(element, cards) {
  const changes = [];
  keyed(element, cards, (_, index) => index, () => make("span", { class: "card", role: "img" }), (child, card, index) => {
    if (child.dataset.card === String(card)) return;
    const isTurned = child.dataset.card === "null";
    drawCard(child, card, isTurned);
    changes.push({ element: child, index, isTurned });
  });
  return changes;
}

/** An empty hand for `showHand`. */
export function handElement() {
  return make(
    "div",
    { class: "hand", role: "group" },
    make("p", { class: "wager", "aria-hidden": "true" }, make("span", { class: "spot", "data-part": "spot" }), make("span", { "data-part": "wager" })),
    make("div", { class: "cards", "data-part": "cards" }),
    make("p", { class: "hand-line", "aria-hidden": "true" }, make("span", { class: "total", "data-part": "total" }), make("span", { class: "result", "data-part": "result" })),
  );
}

/** Shows a hand of the wire in its element; gives the changes of its cards. */
export function showHand(element, hand, { owner, isActive }) {
  const total = hand.cards.length ? totalName(hand.value, hand.is_soft) : "";
  const result = hand.result ? RESULTS[hand.result] ?? hand.result : "";
  const isNatural = hand.status === "blackjack" && !result;
  const cents = fromWire(hand.bet);
  setText(part(element, "total"), isNatural ? "Blackjack" : total);
  setText(part(element, "wager"), format(cents));
  setText(part(element, "result"), result);
  showStack(part(element, "spot"), cents);
  setAttribute(element, "data-active", isActive);
  setAttribute(element, "data-status", hand.status);
  setAttribute(element, "data-result", hand.result);
  const said = [`${owner}: ${total || "no cards yet"}`, `bet ${format(cents)}`, result];
  setAttribute(element, "aria-label", said.filter(Boolean).join("; "));
  return showCards(part(element, "cards"), hand.cards);
}

function drawCard(element, card, isTurned) {
  element.dataset.card = card;
  setAttribute(element, "aria-label", cardName(card));
  setAttribute(element, "data-suit", card?.slice(-1));
  setAttribute(element, "data-face-down", card === null);
  const sides = make("span", { class: "card-sides" });
  if (card !== null) sides.append(cardFace(card));
  if (card === null || isTurned) sides.append(cardBack());
  element.replaceChildren(sides);
}
