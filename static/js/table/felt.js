/** The felt: the dealer, and every chair with its player, hands and chips, as the state has them. */
import { keyed, part, setAttribute, setText } from "../dom.js";
import { format, fromWire, signed } from "../money.js";
import { handElement, showCards, showHand, totalName, cardName } from "./cards.js";

const NOTES = { sitting_out: "sitting out", leaving: "leaving" };
/** Before the cards, a bet is shown as a hand without any. */
const NO_CARDS = { hand_id: "bet", cards: [], value: 0, is_soft: false, status: "playing", result: null };

/** Draws the state; new cards come one after another, in the order of the deal. */
export function showFelt(root, model) {
  const dealt = [];
  const { state } = model;
  part(root, "seats").toggleAttribute("data-seated", model.ownSeats.length > 0);
  const seats = new Map(state.seats.map((seat) => [seat.seat, seat]));
  for (const item of part(root, "seats").children) {
    const number = Number(item.dataset.seat);
    showSeat(item, seats.get(number), model, (cards, from) => note(dealt, cards, from, number));
  }
  showDealer(part(root, "dealer"), state.dealer, (cards, from) => note(dealt, cards, from, state.seat_count + 1));
  dealt.sort((one, other) => one.index - other.index || one.column - other.column);
  dealt.forEach(({ element }, order) => element.style.setProperty("--order", order));
  root.style.setProperty("--dealt", dealt.length);
  root.dataset.phase = state.phase;
}

function note(dealt, elements, from, column) {
  elements.forEach((element, offset) => dealt.push({ element, index: from + offset, column }));
}

function showDealer(box, dealer, noteCards) {
  const cards = dealer.cards.length ? [dealer] : [];
  keyed(box, cards, () => "dealer", handElement, (element) => {
    const isHidden = dealer.cards.includes(null);
    const names = dealer.cards.map((card) => (card === null ? "one face down" : cardName(card)));
    const total = totalName(dealer.value, dealer.is_soft);
    setText(part(element, "total"), isHidden ? `shows ${dealer.cards[0]}` : total);
    setAttribute(element, "aria-label", `Dealer: ${names.join(", ")}; ${total}`);
    const fresh = showCards(part(element, "cards"), dealer.cards);
    noteCards(fresh, dealer.cards.length - fresh.length);
  });
}

function showSeat(item, seat, model, noteCards) {
  const own = seat !== undefined && model.isOwn(seat);
  const turn = model.state.turn;
  setAttribute(item, "data-taken", seat !== undefined);
  setAttribute(item, "data-own", own);
  setAttribute(item, "data-turn", turn?.seat === Number(item.dataset.seat));
  setAttribute(item, "data-status", seat?.status);
  part(item, "plate").hidden = seat === undefined;
  showChair(part(item, "chair"), seat, model);
  showHands(part(item, "hands"), seat, turn, own, noteCards);
  if (seat === undefined) return;
  setText(part(item, "name"), own ? `${seat.player_name} (you)` : seat.player_name);
  setText(part(item, "stack"), format(fromWire(seat.stack)));
  setText(part(item, "note"), noteFor(seat, own, model));
}

function showChair(chair, seat, model) {
  const canSit = Boolean(model.playerId) && model.ownSeats.length === 0 && model.state.phase !== "closed";
  chair.hidden = seat !== undefined;
  chair.disabled = !canSit;
  setText(part(chair, "chair-label"), canSit ? "sit here" : "free");
}

function showHands(box, seat, turn, own, noteCards) {
  let hands = seat?.hands ?? [];
  if (!hands.length && seat?.bet) hands = [{ ...NO_CARDS, bet: seat.bet }];
  setAttribute(box, "data-count", hands.length);
  keyed(box, hands, (hand) => hand.hand_id, handElement, (element, hand) => {
    const isActive = turn?.seat === seat.seat && turn.hand_id === hand.hand_id;
    const fresh = showHand(element, hand, { owner: own ? "You" : seat.player_name, isActive });
    noteCards(fresh, hand.cards.length - fresh.length);
  });
}

function noteFor(seat, own, model) {
  const notes = [];
  if (NOTES[seat.status]) notes.push(NOTES[seat.status]);
  if (seat.insurance) notes.push(`insured for ${format(fromWire(seat.insurance))}`);
  if (own && model.state.phase === "settled" && model.netCents) notes.push(signed(model.netCents));
  return notes.join(", ");
}
