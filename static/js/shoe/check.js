/** Whether a shoe was dealt as committed: the same answer, in the same words, as `python -m cardsharp verify-shoe`. */
import { ALGORITHM, commitment, dealingOrder } from "./algorithm.js";

/**
 * What a shoe's file says of itself, checked: `cards`, how many there are; `faults`, a sentence each and none where all
 * is well; `misfit`, the place in the shoe (from 1) of the first card that does not fit, or null.
 */
export async function check(shoe) {
  if (shoe.algorithm !== ALGORITHM) throw new Error(`This page knows only ${ALGORITHM}.`);
  if (shoe.server_seed === null) throw new Error("This shoe is not finished.");
  const dealt = shoe.rounds.flatMap((round) => round.cards);
  const made = await commitment(shoe.server_seed);
  const misfit = await firstMisfit(shoe);
  const faults = [];
  if ((shoe.promised ?? shoe.commitment) !== shoe.commitment) {
    faults.push(`Before the shuffle the commitment ${shoe.promised} was published, with the shuffle ${shoe.commitment}.`);
  }
  if (made !== shoe.commitment) {
    faults.push(`The server seed is not the one that was committed to: its SHA-256 is ${made}, the commitment is ${shoe.commitment}.`);
  }
  for (const name of shoe.contradictions ?? []) faults.push(`SHOE_REVEALED repeats ${name} otherwise than SHUFFLE said it.`);
  if (dealt.length !== shoe.cards_dealt) {
    faults.push(`The number of cards that left the shoe is ${shoe.cards_dealt}, of those in the rounds ${dealt.length}.`);
  }
  if (misfit) faults.push(misfit.fault);
  return { cards: dealt.length, faults, misfit: misfit?.place ?? null };
}

async function firstMisfit(shoe) {
  const clientSeeds = shoe.client_seeds.map((entry) => [entry.player_id, entry.seed]);
  const discards = shoe.rounds.slice(0, -1).reduce((sum, round) => sum + round.cards.length, 0);
  const order = await dealingOrder(shoe.server_seed, clientSeeds, shoe.decks, discards);
  let place = 0;
  for (const round of shoe.rounds) {
    for (const [index, card] of round.cards.entries()) {
      const made = order[place];
      place += 1;
      if (card !== made) return { place, fault: sentence(`Card ${index + 1} of round ${round.round_id}`, card, made) };
    }
  }
  return null;
}

function sentence(which, card, made) {
  const was = card === null ? "was never turned up" : `was ${card}`;
  return made === undefined ? `${which} ${was}, and the shoe had none left.` : `${which} ${was}, the seeds make it ${made}.`;
}
