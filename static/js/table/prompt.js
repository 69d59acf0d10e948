/** The one sentence in the middle of the table: what it waits for, seen from the viewer's chair. */
import { format, fromWire } from "../money.js";
import { PHASES } from "../phases.js";
import { totalName } from "./cards.js";

/** The sentence for what the model knows. */
export function promptFor(model) {
  const { phase, paused } = model.state;
  const sentence = (SENTENCES[phase] ?? (() => PHASES[phase] ?? ""))(model);
  const pauses = paused && phase !== "paused" && phase !== "closed";
  return pauses ? `${sentence} The house pauses the table after this round: ${paused}.` : sentence;
}

/** What an offer of the dealer's means, for the one who is asked; otherwise nothing. `pays` is a blackjack's, in words. */
export function noteFor({ request, state }, pays) {
  if (!request?.valid_actions.includes("DECLINE_INSURANCE")) return "";
  const bet = state.seats.find(({ seat }) => seat === request.seat)?.bet;
  if (request.valid_actions.includes("EVEN_MONEY")) {
    return `Even money: ${format(fromWire(bet))} at once. Otherwise your blackjack pays ${pays}, or ties with the dealer’s.`;
  }
  const most = fromWire(request.max_amount);
  return `It pays 2 to 1: ${format(most)} wins ${format(2 * most)} if the dealer has blackjack, and is lost if not.`;
}

/** What the round brought the viewer, or null. */
export function outcomeFor({ netCents }) {
  if (netCents === null) return null;
  if (netCents > 0) return `You won ${format(netCents)}.`;
  return netCents < 0 ? `You lost ${format(-netCents)}.` : "You broke even.";
}

const SENTENCES = {
  waiting(model) {
    if (model.ownSeats.length) return "You are sitting out. Sit in to play on.";
    return model.state.seats.length ? "Everybody here sits out." : "Nobody is playing yet. Take a seat to begin.";
  },
  betting(model) {
    const [next] = model.seatsToBet;
    const bets = model.ownSeats.filter((seat) => seat.bet).map((seat) => format(fromWire(seat.bet)));
    if (next) return [outcomeFor(model), `Place your bet${onSeat(model, next)}.`].filter(Boolean).join(" ");
    if (bets.length === 1) return `Your bet is ${bets[0]}. ${waitingFor(model)}`.trim();
    if (bets.length) return `Your bets are ${listed(bets)}. ${waitingFor(model)}`.trim();
    return ["Bets are open.", waitingFor(model)].join(" ").trim();
  },
  insurance(model) {
    const { request } = model;
    if (!request) return "The dealer shows an ace; insurance is open.";
    return `The dealer shows an ace. Insurance${model.hasSeveral ? ` for seat ${request.seat}` : ""}?`;
  },
  playing(model) {
    const { turn, seats, dealer } = model.state;
    const seat = turn && seats.find(({ seat: number }) => number === turn.seat);
    if (!seat) return PHASES.playing;
    if (!model.isOwn(turn)) return `${seat.player_name} is to play.`;
    const hand = seat.hands.find(({ hand_id: id }) => id === turn.hand_id);
    const which = seat.hands.length > 1 ? `, hand ${seat.hands.indexOf(hand) + 1} of ${seat.hands.length}` : "";
    const both = `${totalName(hand.value, hand.is_soft)} against ${dealer.cards[0]}`;
    if (turn.valid_actions.includes("DECLINE_SURRENDER")) return `Surrender${onSeat(model, seat)} before the dealer looks? You have ${both}.`;
    return `Your turn${onSeat(model, seat)}${which}: ${both}.`;
  },
  settled(model) {
    return outcomeFor(model) ?? `Round ${model.state.round_number} is over.`;
  },
  paused: ({ state }) => `The house has paused this table: ${state.paused}. Betting opens when it goes on.`,
  closed: () => "This table is closed.",
};

/** Which of the viewer's seats, where they have several. */
function onSeat({ hasSeveral }, { seat }) {
  return hasSeveral ? ` on seat ${seat}` : "";
}

function waitingFor({ state }) {
  const names = state.seats.filter((seat) => seat.status === "active" && !seat.bet).map((seat) => seat.player_name);
  return names.length ? `Waiting for ${listed([...new Set(names)])}.` : "";
}

function listed(names) {
  return new Intl.ListFormat("en").format(names);
}
