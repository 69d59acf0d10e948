/** The shoe's commitments and the player's own seed. */
import { part, setText } from "../dom.js";

/** Shows what is public about the shoe. */
export function showShoe(root, { state, revealedSeed, ownSeats }) {
  const { shoe } = state;
  setText(part(root, "shoe"), shoe.shoe_id ?? "not shuffled yet");
  setText(part(root, "cards-remaining"), shoe.shoe_id ? shoe.cards_remaining : "–");
  setText(part(root, "commitment"), shoe.commitment ?? "–");
  setText(part(root, "next-commitment"), shoe.next_commitment);
  setText(part(root, "revealed"), revealedSeed ?? "–");
  const form = part(root, "seed-form");
  if (form) form.hidden = ownSeats.length === 0;
}

/** `act(action, data)` gives a promise of whether the table agreed. */
export function listenToSeedForm(root, act) {
  part(root, "seed-form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    if (await act("set_client_seed", { client_seed: form.elements.seed.value })) form.reset();
  });
}
