/** A finished round as the server tells it: a state, and frames that each change parts of it. */
import { sentenceFor } from "../table/narration.js";

const SILENT = {
  DEALER_ACTION: ({ action }) => (action === "HIT" ? "The dealer draws." : null),
  INSURANCE_OFFERED: ({ player_name: name }) => `${name} may insure.`,
  PLAYER_ACTION: ({ player_name: name, action }) => (action === "DECLINE_SURRENDER" ? `${name} plays on.` : null),
};

/** The steps of a round: `state` behind each, its `sentence`, the `events` it stands for, and its `decision` or null. */
export function stepsOf(first, frames, { isOwn, isOfSeveral }) {
  const steps = [];
  let state = first;
  for (const { event, changes, decision } of frames) {
    state = changed(state, changes);
    const viewer = { isOwn: isOwn(event.data), isOfSeveral: isOfSeveral(event.data) };
    const sentence = sentenceFor(event, viewer) ?? SILENT[event.event_type]?.(event.data) ?? null;
    const last = steps.at(-1);
    if (sentence === null && last) {
      last.state = state; // chips that move with what has just been told
      last.events.push(event);
    } else {
      steps.push({ state, sentence: sentence ?? "", events: [event], decision, own: viewer.isOwn });
    }
  }
  return steps;
}

function changed(state, { seats = {}, ...parts }) {
  const bySeat = new Map(state.seats.map((seat) => [String(seat.seat), seat]));
  for (const [number, seat] of Object.entries(seats)) {
    if (seat) bySeat.set(number, seat);
    else bySeat.delete(number);
  }
  return { ...state, ...parts, seats: [...bySeat.values()].sort((one, other) => one.seat - other.seat) };
}
