/** The shoe's commitments and the player's own seed. */
import { part, setText } from "../dom.js";

/** How much of a commitment is enough to tell it from others at a glance. */
const FINGERPRINT = 16;

/** Shows what is public about the shoe. */
export function showShoe(root, { state, revealed, ownSeats }) {
  const { shoe } = state;
  setText(part(root, "shoe"), shoe.shoe_id ?? "not shuffled yet");
  setText(part(root, "cards-remaining"), shoe.shoe_id ? shoe.cards_remaining : "–");
  setText(part(root, "commitment"), shoe.commitment ?? "–");
  setText(part(root, "fixed"), shoe.commitment ? "This shoe is fixed" : "The coming shoe is fixed");
  setText(part(root, "fingerprint"), (shoe.commitment ?? shoe.next_commitment).slice(0, FINGERPRINT));
  setText(part(root, "next-commitment"), shoe.next_commitment);
  setText(part(root, "revealed"), revealed?.server_seed ?? "–");
  linkToLastShoe(part(root, "last-shoe"), revealed?.shoe_id ?? before(shoe.shoe_id));
  const form = part(root, "seed-form");
  if (form) form.hidden = ownSeats.length === 0;
}

function linkToLastShoe(link, shoeId) {
  link.hidden = shoeId === null;
  if (link.hidden) return;
  const number = numberOf(shoeId);
  link.href = `${link.dataset.shoes}${number}/`;
  setText(link, `See and check shoe ${number}`);
}

/** The shoe before one that has begun, which is finished, or null. */
function before(shoeId) {
  return shoeId && numberOf(shoeId) > 1 ? `s${numberOf(shoeId) - 1}` : null;
}

function numberOf(shoeId) {
  return Number(shoeId.slice(1));
}

/** `setSeed(seed)` gives a promise of whether the table agreed. */
export function listenToSeedForm(root, setSeed) {
  part(root, "seed-form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    if (await setSeed(form.elements.seed.value)) form.reset();
  });
}
