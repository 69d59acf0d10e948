/**
 * Lets what has changed on the felt come from somewhere: cards from the shoe, chips from their owner, results at the end.
 * The page is already as the state has it; only transforms and opacity move, and only until they are where they belong.
 */
import { part } from "../dom.js";
import { AFTER_THE_PLAYERS } from "./order.js";

const DEAL = { every: 110, takes: 340 };
const LATE = { every: 460, takes: 400 };
const CHIPS_TAKE = 420;
const APPEARS_IN = 180;
/** However much happens at once, the page is never further behind the table than this. */
const LONGEST_BACKLOG = 1200;
const EASE = "cubic-bezier(0.2, 0.7, 0.2, 1)";
/** How many times the usual pace somebody likes. */
const PACES = { calm: 0.6, usual: 1, brisk: 1.8 };
const PAID = new Set(["win", "blackjack", "even_money"]);
const TAKEN = new Set(["lose", "bust"]);

export class Motion {
  #root;
  #stage;
  #reduced = matchMedia("(prefers-reduced-motion: reduce)");
  #isFirst;
  #busyUntil = 0;

  /** `hasPicture`: whether the table has been drawn before. The first picture stands still. */
  constructor(root, { hasPicture = false } = {}) {
    this.#root = root;
    this.#isFirst = !hasPicture;
    this.#stage = part(root, "stage");
  }

  /** Whether the viewer wants things to move, and can see them. */
  get isOn() {
    return document.documentElement.dataset.motion !== "off" && !this.#reduced.matches && document.visibilityState === "visible";
  }

  /** Hands that are about to go: their cards leave for the tray, and chips that are not lost go back to their owner. */
  sweep(hands) {
    if (!this.isOn || !hands.length) return;
    const tray = middleOf(part(this.#root, "tray").getBoundingClientRect());
    const ghosts = hands.flatMap((hand) => {
      const face = middleOf(part(hand.closest(".seat"), "plate").getBoundingClientRect());
      const cards = this.#ghost(part(hand, "cards"), tray, { scale: 0.6 });
      return TAKEN.has(hand.dataset.result) ? [cards] : [cards, this.#ghost(part(hand, "spot"), face, { scale: 0.6 })];
    });
    for (const begin of ghosts) begin();
  }

  /** Moves what `showFelt` has changed: `cards`, `bets` and `results`. */
  play({ cards, bets, results }) {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (isFirst || !this.isOn) return;
    const now = performance.now();
    const begin = Math.min(Math.max(0, this.#busyUntil - now), LONGEST_BACKLOG) * rate();
    for (const start of bets.map(({ hand, item }) => this.#bet(hand, item))) start();
    const end = this.#deal(cards, begin);
    if (results.length) this.#settle(results, end);
    this.#busyUntil = now + end / rate();
  }

  /** Deals in the order of a real table; gives the time in milliseconds at which the last card lies. */
  #deal(cards, begin) {
    if (!cards.length) return begin;
    const shoe = middleOf(part(this.#root, "shoe-box").getBoundingClientRect());
    const ordered = [...cards].sort((one, other) => one.index - other.index || one.column - other.column);
    const ways = ordered.map(({ element, from }) => wayTo(element.getBoundingClientRect(), from ? middleOf(from) : shoe));
    const lies = new Map();
    let at = begin;
    let end = begin;
    ordered.forEach((card, order) => {
      const pace = card.index >= AFTER_THE_PLAYERS ? LATE : DEAL;
      if (order > 0) at += pace.every;
      if (card.isTurned) turn(card.element, at);
      else fly(card.element, ways[order], { delay: at, duration: pace.takes, isDealt: !card.from });
      if (card.index > 1 && !card.isTurned) makeRoom(card.element, at);
      end = at + pace.takes;
      lies.set(card.element.closest(".hand"), end);
    });
    for (const [hand, time] of lies) appear(part(hand, "total"), time - APPEARS_IN);
    return end;
  }

  #bet(hand, item) {
    const stack = part(hand, "spot").firstElementChild;
    const way = wayTo(stack.getBoundingClientRect(), middleOf(part(item, "plate").getBoundingClientRect()));
    return () => {
      fly(stack, way, { delay: 0, duration: CHIPS_TAKE, isDealt: false });
      appear(part(hand, "wager"), CHIPS_TAKE / 2);
    };
  }

  /** What was won comes from the dealer, what was lost goes there, and the words come with it. */
  #settle(results, at) {
    const dealer = middleOf(part(this.#root, "dealer").getBoundingClientRect());
    const starts = results.map(({ hand, item }) => {
      const spot = part(hand, "spot");
      const { result } = hand.dataset;
      const way = wayTo(spot.getBoundingClientRect(), dealer);
      const pays = PAID.has(result) ? this.#ghost(spot, dealer, { delay: at, isComing: true }) : null;
      return () => {
        pays?.();
        if (TAKEN.has(result)) leave(spot.firstElementChild, way, at);
        appear(part(hand, "result"), at);
        appear(part(item, "note"), at);
        if (TAKEN.has(result)) fade(part(hand, "cards"), at);
      };
    });
    for (const start of starts) start();
    appear(part(this.#root, "prompt"), at);
  }

  /** Prepares a copy of `element` that goes to a place, or comes from there, and is gone; gives what begins it. */
  #ghost(element, place, { delay = 0, scale = 1, isComing = false }) {
    const rect = element.getBoundingClientRect();
    const stage = this.#stage.getBoundingClientRect();
    const way = wayTo(rect, place);
    return () => {
      const copy = element.cloneNode(true);
      copy.classList.add("ghost");
      copy.removeAttribute("data-part");
      const styles = getComputedStyle(element);
      for (const size of ["--card", "--overlap"]) copy.style.setProperty(size, styles.getPropertyValue(size));
      copy.style.left = `${rect.left - stage.left}px`;
      copy.style.top = `${rect.top - stage.top}px`;
      this.#stage.append(copy);
      const far = { transform: `translate(${way.x}px, ${way.y}px) scale(${scale})`, opacity: isComing ? 1 : 0 };
      const near = { transform: "none", opacity: 1 };
      const frames = isComing ? [{ ...far, opacity: 0 }, { ...far, offset: 0.05 }, near] : [near, { opacity: 1, offset: 0.7 }, far];
      const moving = run(copy, frames, { delay, duration: CHIPS_TAKE, easing: EASE, fill: "both" });
      moving.finished.then(() => copy.remove(), () => copy.remove());
    };
  }
}

/** Moves at the viewer's pace, delays and all. */
function run(element, frames, timing) {
  const moving = element.animate(frames, timing);
  moving.playbackRate = rate();
  return moving;
}

function rate() {
  return PACES[document.documentElement.dataset.pace] ?? 1;
}

function middleOf(rect) {
  return { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 };
}

/** How far it is from a box to a place. */
function wayTo(rect, place) {
  const middle = middleOf(rect);
  return { x: place.x - middle.x, y: place.y - middle.y };
}

/** Comes to its place: a dealt card out of nothing, anything else in full sight. */
function fly(element, { x, y }, { delay, duration, isDealt }) {
  const far = `translate(${x}px, ${y}px)${isDealt ? " rotate(24deg) scale(0.8)" : ""}`;
  const frames = isDealt ? [{ transform: far, opacity: 0 }, { opacity: 1, offset: 0.25 }, { transform: "none" }] : [{ transform: far }, { transform: "none" }];
  run(element, frames, { delay, duration, easing: EASE, fill: "backwards" });
}

/** The cards before a further one move aside as it comes, since a hand keeps to the middle. */
function makeRoom(element, delay) {
  const step = (element.offsetLeft - element.previousElementSibling.offsetLeft) / 2;
  for (let before = element.previousElementSibling; before; before = before.previousElementSibling) {
    const frames = [{ transform: `translateX(${step}px)`, offset: 0 }, { transform: "translateX(0)" }];
    run(before, frames, { delay, duration: DEAL.takes, easing: EASE, fill: "backwards", composite: "add" });
  }
}

function turn(element, delay) {
  const sides = element.querySelector(".card-sides");
  run(sides, [{ transform: "rotateY(180deg)" }, { transform: "rotateY(0deg)" }], { delay, duration: LATE.takes, easing: "ease-in-out", fill: "backwards" });
}

/** Chips that are lost: from where they lie, though the page already has none, to the dealer. */
function leave(stack, { x, y }, delay) {
  const frames = [{ transform: "none", opacity: 1 }, { opacity: 1, offset: 0.75 }, { transform: `translate(${x}px, ${y}px)`, opacity: 0 }];
  run(stack, frames, { delay, duration: CHIPS_TAKE, easing: EASE, fill: "backwards" });
}

function appear(element, delay) {
  run(element, [{ opacity: 0, offset: 0 }], { delay: Math.max(0, delay), duration: APPEARS_IN, fill: "backwards" });
}

/** Only now do the cards of a lost hand grow dim. */
function fade(cards, delay) {
  run(cards, [{ opacity: 1, offset: 0 }], { delay, duration: APPEARS_IN, fill: "backwards" });
}
