/** The one sentence in the middle of the table: what it waits for, seen from the viewer's chair. */
import { format, fromWire } from "../money.js";
import { PHASES } from "../phases.js";
import { totalName } from "./cards.js";

/** The sentence for what the model knows. */
export function promptFor(model) {
  return (SENTENCES[model.state.phase] ?? (() => PHASES[model.state.phase] ?? ""))(model);
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
    const own = model.ownSeats[0];
    const bet = own && fromWire(own.bet);
    const outcome = outcomeFor(model);
    if (bet) return `Your bet is ${format(bet)}. ${waitingFor(model)}`.trim();
    if (model.request) return [outcome, "Place your bet."].filter(Boolean).join(" ");
    return ["Bets are open.", waitingFor(model)].join(" ").trim();
  },
  insurance(model) {
    return model.request ? "The dealer shows an ace. Insurance?" : "The dealer shows an ace; insurance is open.";
  },
  playing(model) {
    const { turn, seats, dealer } = model.state;
    const seat = turn && seats.find(({ seat: number }) => number === turn.seat);
    if (!seat) return PHASES.playing;
    if (!model.isOwn(turn)) return `${seat.player_name} is to play.`;
    const hand = seat.hands.find(({ hand_id: id }) => id === turn.hand_id);
    const which = seat.hands.length > 1 ? `, hand ${seat.hands.indexOf(hand) + 1} of ${seat.hands.length}` : "";
    if (turn.valid_actions.includes("DECLINE_SURRENDER")) {
      return `Surrender before the dealer looks? ${totalName(hand.value, hand.is_soft)} against ${dealer.cards[0]}.`;
    }
    return `Your turn${which}: ${totalName(hand.value, hand.is_soft)} against ${dealer.cards[0]}.`;
  },
  settled(model) {
    return outcomeFor(model) ?? `Round ${model.state.round_number} is over.`;
  },
  paused: () => "The table is paused.",
  closed: () => "This table is closed.",
};

function waitingFor({ state }) {
  const names = state.seats.filter((seat) => seat.status === "active" && !seat.bet).map((seat) => seat.player_name);
  if (!names.length) return "";
  return `Waiting for ${new Intl.ListFormat("en").format(names)}.`;
}
