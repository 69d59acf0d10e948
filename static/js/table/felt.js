/** The felt: the dealer, and every chair with its player, hands and chips, as the state has them. */
import { keyed, part, setAttribute, setText } from "../dom.js";
import { showFace } from "../faces.js";
import { format, fromWire, signed } from "../money.js";
import { handElement, showCards, showHand, totalName } from "./cards.js";
import { AFTER_THE_PLAYERS } from "./order.js";

const NOTES = { sitting_out: "sitting out", leaving: "leaving" };
/** Before the cards, a bet is shown as a hand without any. */
const NO_CARDS = { hand_id: "bet", cards: [], value: 0, is_soft: false, status: "playing", result: null };

/** Draws the state. `motion` then lets what is new come from where it comes from; without it everything is simply there. */
export function showFelt(root, model, motion = null) {
  const { state } = model;
  const items = [...part(root, "seats").children];
  const seats = new Map(state.seats.map((seat) => [seat.seat, seat]));
  const seatOf = (item) => seats.get(Number(item.dataset.seat));
  const changes = { cards: [], bets: [], results: [] };
  motion?.sweep(items.flatMap((item) => leaving(part(item, "hands"), handsOf(seatOf(item)))));
  setAttribute(part(root, "seats"), "data-seated", model.ownSeats.length || null);
  for (const item of items) showSeat(item, seatOf(item), model, changes);
  showDealer(part(root, "dealer"), state, changes);
  root.dataset.phase = state.phase;
  motion?.play(changes);
}

function showDealer(box, { dealer, round_id: round, seat_count: seatCount }, changes) {
  // Without a hole card the dealer has nothing but the up card until the players are done.
  const isOpen = dealer.cards.length > 1 && !dealer.cards.includes(null);
  keyed(box, dealer.cards.length ? [dealer] : [], () => `dealer ${round}`, handElement, (element) => {
    const total = totalName(dealer.value, dealer.is_soft);
    setText(part(element, "total"), isOpen ? total : `shows ${dealer.cards[0]}`);
    setAttribute(element, "aria-label", `Dealer: ${total}`);
    for (const change of showCards(part(element, "cards"), dealer.cards)) {
      const isLate = isOpen && change.index > 0;
      changes.cards.push({ ...change, index: change.index + (isLate ? AFTER_THE_PLAYERS : 0), column: seatCount + 1 });
    }
  });
}

function showSeat(item, seat, model, changes) {
  const own = seat !== undefined && model.isOwn(seat);
  const turn = model.state.turn;
  setAttribute(item, "data-taken", seat !== undefined);
  setAttribute(item, "data-own", own);
  setAttribute(item, "data-chosen", own && model.hasSeveral && model.chosenSeat.seat === seat.seat);
  setAttribute(item, "data-turn", turn?.seat === Number(item.dataset.seat));
  setAttribute(item, "data-awaited", model.awaitedSeats.includes(Number(item.dataset.seat)));
  setAttribute(item, "data-status", seat?.status);
  setAttribute(item, "data-player", seat?.player_id);
  part(item, "plate").hidden = seat === undefined;
  showChair(part(item, "chair"), seat, model);
  showHands(item, seat, turn, ownerName(seat, own, model), changes);
  if (seat === undefined) return;
  showFace(part(item, "face"), seat);
  setText(part(item, "name"), plateName(seat, own, model));
  setText(part(item, "stack"), format(fromWire(seat.stack)));
  part(item, "house").hidden = !seat.is_house;
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

function handsOf(seat) {
  if (seat?.hands.length) return seat.hands;
  return seat?.bet ? [{ ...NO_CARDS, bet: seat.bet }] : [];
}

/** The bet before the cards becomes the first hand. */
function keyOf(hand, index) {
  return index === 0 ? "first" : hand.hand_id;
}

/** The hands on the page that the state does not have any more. */
function leaving(box, hands) {
  const staying = new Set(hands.map(keyOf));
  return [...box.children].filter((element) => !staying.has(element.dataset.key));
}

function showHands(item, seat, turn, owner, changes) {
  const box = part(item, "hands");
  const hands = handsOf(seat);
  const places = hands.length > box.children.length ? splitPlaces(box) : new Map();
  setAttribute(box, "data-count", hands.length);
  keyed(box, hands, keyOf, handElement, (element, hand, index) => {
    const isActive = turn?.seat === seat.seat && turn.hand_id === hand.hand_id;
    const [wasBet, hadResult] = [part(element, "spot").dataset.cents, element.dataset.result];
    const cards = showHand(element, hand, { owner, isActive });
    // A split hand begins with the card that lay in the hand before it.
    const from = element.isConnected && wasBet === undefined ? places.get(hands[index - 1]?.hand_id) : undefined;
    changes.cards.push(...cards.map((change) => ({ ...change, column: seat.seat, from: change.index === 0 ? from : undefined })));
    element.dataset.hand = hand.hand_id;
    if (part(element, "spot").dataset.cents !== wasBet) changes.bets.push({ hand: element, item });
    if (hand.result && hand.result !== hadResult) changes.results.push({ hand: element, item });
  });
}

/** Where the second card of each hand lies before a split takes it away. */
function splitPlaces(box) {
  const places = new Map();
  for (const hand of box.children) {
    const second = part(hand, "cards").children[1];
    if (second) places.set(hand.dataset.hand, second.getBoundingClientRect());
  }
  return places;
}

function noteFor(seat, own, model) {
  const notes = [];
  if (NOTES[seat.status]) notes.push(NOTES[seat.status]);
  if (seat.insurance) notes.push(`insured for ${format(fromWire(seat.insurance))}`);
  if (own && model.state.phase === "settled" && model.netOf(seat.seat)) notes.push(signed(model.netOf(seat.seat)));
  return notes.join(", ");
}
