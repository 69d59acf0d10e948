/** The day's chips, offered to who has run out; whether there are any, the server says. */
import { fromWire } from "../money.js";

/** Shows the offer where the wallet and the stacks here hold too little, and nothing is bet that might still win. */
export function showDailyChips(offer, { ownSeats }, walletCents) {
  if (!offer || walletCents === null) return;
  const heldCents = ownSeats.reduce((sum, { stack }) => sum + fromWire(stack), walletCents);
  offer.hidden = ownSeats.some(({ bet }) => bet) || heldCents >= Number(offer.dataset.belowCents);
}
