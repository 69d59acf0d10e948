/** What happened, in sentences: for the list beside the table, and for those who hear the page. */
import { format, fromWire } from "../money.js";
import { cardName, totalName } from "./cards.js";

const MOVES = { HIT: "hit", STAND: "stand", DOUBLE: "double", SPLIT: "split", SURRENDER: "surrender" };
const IN_WORDS = { ...MOVES, DECLINE_SURRENDER: "play on", INSURANCE: "take insurance", DECLINE_INSURANCE: "decline insurance", EVEN_MONEY: "take even money" };
const SEATING = {
  everybody: "Everybody may take a seat here again.",
  members: "From now on only members of this table may take a seat.",
  nobody: "From now on nobody new may take a seat here.",
};
const LEFT = { away: "was away too long and leaves", table_closed: "leaves, as the table closes" };

/**
 * The sentence for an event, or null for one that says nothing new. `isOwn`: it is about the viewer; `isOfSeveral`: it is
 * about a player who must be told by the seat.
 */
export function sentenceFor({ event_type: type, data }, { isOwn, isOfSeveral }) {
  return SENTENCES[type]?.(data, subject(data, isOwn, isOfSeveral)) ?? null;
}

/** Whether somebody who listens wants to hear it: what is theirs, the dealer's, or the table's. */
export function isForListeners({ event_type: type, data }, isOwn) {
  if (isOwn) return type !== "PLAYER_ACTION" && type !== "PLAYER_BET";
  return data.player_id === undefined || type === "PLAYER_DECISION_NEEDED" || type === "PLAYER_ACTION";
}

/** Makes "You stand" or "Ada stands" of the verb's bare form. */
function subject(data, isOwn, isOfSeveral) {
  const where = isOfSeveral ? ` (seat ${data.seat})` : "";
  const name = isOwn ? "You" : data.player_name;
  const says = (verb, third = `${verb}s`) => `${name}${where} ${isOwn ? verb : third}`;
  return Object.assign(says, { isOwn, isOfSeveral, who: name, where, their: isOwn ? "your" : "their" });
}

const chips = (number) => format(fromWire(number));

const SENTENCES = {
  TABLE_PAUSED: (data) => `The house pauses the table: ${data.reason}. No more bets until it goes on.`,
  TABLE_RESUMED: () => "The table goes on.",
  SEATING_CHANGED: (data) => SEATING[data.open_to] ?? null,
  PLAYER_JOINED: (data, says) => `${data.is_house ? `${says.who}, a house player,` : says.who} ${verb(says, "take")} seat ${data.seat} with ${chips(data.stack)} chips.`,
  PLAYER_LEFT: (data, says) =>
    data.reason in LEFT && !says.isOwn
      ? `${data.player_name}${says.where} ${LEFT[data.reason]}.`
      : `${says.who} ${verb(says, "leave")} ${says.isOfSeveral ? `seat ${data.seat}` : "the table"} with ${chips(data.stack)} chips.`,
  PLAYER_SAT_OUT: (data, says) => (data.leaving ? `${says("leave")} after this round.` : `${says("sit")} out.`),
  PLAYER_SAT_IN: (data, says) => `${says("are", "is")} back in the game.`,
  SHUFFLE: ({ decks }) => `A new shoe of ${decks} ${decks === 1 ? "deck" : "decks"} is shuffled.`,
  ROUND_STARTED: (data) => `Round ${data.round_number}: bets are open.`,
  PLAYER_BET: (data, says) => `${says("bet")} ${chips(data.amount)}.`,
  CARD_DEALT(data, says) {
    if (data.is_hole_card) return "The dealer’s second card lies face down.";
    const isFirst = data.card.startsWith(data.value) || (data.is_soft && data.value === 11);
    const total = isFirst ? "" : `: ${totalName(data.value, data.is_soft)}`;
    return `${data.is_dealer ? "The dealer gets" : says("get")} the ${cardName(data.card)}${total}.`;
  },
  INSURANCE_OFFERED: (data, says) => (says.isOwn ? `${says("may insure")} up to ${chips(data.max_amount)}.` : null),
  INSURANCE_DECISION(data, says) {
    if (data.action === "INSURANCE") return `${says("insure")} for ${chips(data.amount)}.`;
    return data.action === "EVEN_MONEY" ? `${says("take")} even money.` : `${says("decline")} insurance.`;
  },
  INSURANCE_RESULT(data, says) {
    if (data.result === "push") return `${says("get")} back ${chips(data.payout)} of insurance.`;
    return data.result === "win" ? `${says("win")} ${chips(data.net)} on insurance.` : `${says("lose")} ${says.their} insurance of ${chips(data.bet)}.`;
  },
  PLAYER_DECISION_NEEDED: (data, says) =>
    says.isOwn ? `Your turn${says.where}: ${listed(data.valid_actions)}?` : `It is ${data.player_name}’s turn${says.where}.`,
  PLAYER_ACTION: (data, says) => (MOVES[data.action] ? `${says(MOVES[data.action])}${data.action === "DOUBLE" ? ` to ${chips(data.bet)}` : ""}.` : null),
  PLAYER_TIMEOUT: (data, says) => `Time is up for ${says.isOwn ? "you" : data.player_name}${says.where}.`,
  HAND_BUSTED: (data, says) => `${says("bust")} with ${data.value}.`,
  CARD_REVEALED: (data) => `The dealer turns over the ${cardName(data.card)}: ${totalName(data.value, data.is_soft)}.`,
  DEALER_ACTION: (data) => (data.action === "STAND" ? `The dealer stands on ${totalName(data.value, data.is_soft)}.` : null),
  HAND_RESULT: (data, says) => RESULT_SENTENCES[data.result]?.(data, says) ?? null,
  ROUND_ENDED: (data) => (data.results.length ? `Round ${data.round_number} is over.` : `Round ${data.round_number} ends without a bet.`),
  SHOE_REVEALED: () => "The shoe is finished, and its secret is open for everybody to check.",
  TABLE_CLOSED: () => "The table is closed.",
};

const RESULT_SENTENCES = {
  blackjack: (data, says) => `${says("have", "has")} blackjack and ${verb(says, "win")} ${chips(data.net)}.`,
  win: (data, says) => `${says("win")} ${chips(data.net)} with ${data.value}.`,
  // Where a dealer's blackjack takes original bets only, added bets come back: from a bust hand, and from one that loses.
  push: (data, says) =>
    data.value > 21 ? `${says("get")} back the bet of ${chips(data.bet)}.` : `${says("tie")} with ${data.value}; the bet of ${chips(data.bet)} comes back.`,
  lose: (data, says) => `${says("lose")} ${chips(-data.net)} with ${data.value}.`,
  bust: (data, says) => `${says("lose")} ${chips(-data.net)}.`,
  surrender: (data, says) => `${says("get")} back ${chips(data.payout)} of ${chips(data.bet)}.`,
  even_money: (data, says) => `${says("win")} ${chips(data.net)}: even money.`,
};

function verb(says, bare) {
  return says.isOwn ? bare : `${bare}s`;
}

function listed(actions) {
  const words = actions.map((action) => IN_WORDS[action] ?? action.toLowerCase());
  return new Intl.ListFormat("en", { type: "disjunction" }).format(words);
}
