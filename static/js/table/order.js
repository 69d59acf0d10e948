/** Cards of this index and above come when the players are done. */
export const AFTER_THE_PLAYERS = 1000;
