/** The felt: the dealer, and every chair with its player, hands and chips, as the state has them. */
import { keyed, part, setAttribute, setText } from "../dom.js";
import { format, fromWire, signed } from "../money.js";
import { handElement, showCards, showHand, totalName, cardName } from "./cards.js";

const AFTER_THE_PLAYERS = 1000;
const NOTES = { sitting_out: "sitting out", leaving: "leaving" };
/** Before the cards, a bet is shown as a hand without any. */
const NO_CARDS = { hand_id: "bet", cards: [], value: 0, is_soft: false, status: "playing", result: null };

/** Draws the state; new cards come one after another, in the order of the deal. */
export function showFelt(root, model) {
  const dealt = [];
  const { state } = model;
  setAttribute(part(root, "seats"), "data-seated", model.ownSeats.length || null);
  const seats = new Map(state.seats.map((seat) => [seat.seat, seat]));
  for (const item of part(root, "seats").children) {
    const number = Number(item.dataset.seat);
    showSeat(item, seats.get(number), model, (cards, from) => note(dealt, cards, from, number));
  }
  showDealer(part(root, "dealer"), state.dealer, (element, index) => note(dealt, [element], index, state.seat_count + 1));
  // As at a real table: first cards, up card, second cards and hole card, what the players draw, what the dealer does.
  dealt.sort((one, other) => one.index - other.index || one.column - other.column);
  dealt.forEach(({ element }, order) => element.style.setProperty("--order", order));
  root.style.setProperty("--dealt", dealt.length);
  root.dataset.phase = state.phase;
}

function note(dealt, elements, from, column) {
  elements.forEach((element, offset) => dealt.push({ element, index: from + offset, column }));
}

function showDealer(box, dealer, noteCard) {
  const cards = dealer.cards.length ? [dealer] : [];
  keyed(box, cards, () => "dealer", handElement, (element) => {
    // Without a hole card the dealer has nothing but the up card until the players are done.
    const isOpen = dealer.cards.length > 1 && !dealer.cards.includes(null);
    const names = dealer.cards.map((card) => (card === null ? "one face down" : cardName(card)));
    const total = totalName(dealer.value, dealer.is_soft);
    setText(part(element, "total"), isOpen ? total : `shows ${dealer.cards[0]}`);
    setAttribute(element, "aria-label", `Dealer: ${names.join(", ")}; ${total}`);
    const fresh = showCards(part(element, "cards"), dealer.cards);
    const from = dealer.cards.length - fresh.length;
    fresh.forEach((card, offset) => noteCard(card, isOpen && from + offset > 0 ? AFTER_THE_PLAYERS + from + offset : from + offset));
  });
}

function showSeat(item, seat, model, noteCards) {
  const own = seat !== undefined && model.isOwn(seat);
  const turn = model.state.turn;
  setAttribute(item, "data-taken", seat !== undefined);
  setAttribute(item, "data-own", own);
  setAttribute(item, "data-chosen", own && model.hasSeveral && model.chosenSeat.seat === seat.seat);
  setAttribute(item, "data-turn", turn?.seat === Number(item.dataset.seat));
  setAttribute(item, "data-status", seat?.status);
  part(item, "plate").hidden = seat === undefined;
  showChair(part(item, "chair"), seat, model);
  showHands(part(item, "hands"), seat, turn, ownerName(seat, own, model), noteCards);
  if (seat === undefined) return;
  setText(part(item, "name"), plateName(seat, own, model));
  setText(part(item, "stack"), format(fromWire(seat.stack)));
  setText(part(item, "note"), noteFor(seat, own, model));
}

function showChair(chair, seat, model) {
  chair.hidden = seat !== undefined;
  chair.disabled = !model.canTakeSeat;
  setText(part(chair, "chair-label"), model.canTakeSeat ? "sit here" : "free");
}

/** Of several own plates the seat is what tells them apart. */
function plateName(seat, own, model) {
  if (own && model.hasSeveral) return `Seat ${seat.seat} (you)`;
  return own ? `${seat.player_name} (you)` : seat.player_name;
}

function ownerName(seat, own, model) {
  if (seat === undefined) return "";
  const name = own ? "You" : seat.player_name;
  return model.playsSeveral(seat) ? `${name}, seat ${seat.seat}` : name;
}

function showHands(box, seat, turn, owner, noteCards) {
  let hands = seat?.hands ?? [];
  if (!hands.length && seat?.bet) hands = [{ ...NO_CARDS, bet: seat.bet }];
  setAttribute(box, "data-count", hands.length);
  keyed(box, hands, (hand) => hand.hand_id, handElement, (element, hand) => {
    const isActive = turn?.seat === seat.seat && turn.hand_id === hand.hand_id;
    const fresh = showHand(element, hand, { owner, isActive });
    noteCards(fresh, hand.cards.length - fresh.length);
  });
}

function noteFor(seat, own, model) {
  const notes = [];
  if (NOTES[seat.status]) notes.push(NOTES[seat.status]);
  if (seat.insurance) notes.push(`insured for ${format(fromWire(seat.insurance))}`);
  if (own && model.state.phase === "settled" && model.netOf(seat.seat)) notes.push(signed(model.netOf(seat.seat)));
  return notes.join(", ");
}
