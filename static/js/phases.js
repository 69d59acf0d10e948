/** The phases of a table in words. */
export const PHASES = {
  waiting: "Waiting for players",
  betting: "Taking bets",
  insurance: "Insurance",
  playing: "Cards in play",
  dealer: "The dealer plays",
  settled: "Between rounds",
  paused: "Paused",
  closed: "Closed",
};
