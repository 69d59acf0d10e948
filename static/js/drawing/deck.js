/** Cards as drawings. Each face is drawn once and referred to from then on; sharp at every size, and coloured by the page. */
import { court } from "./courts.js";
import { drawing, once, rankAt, suitAt } from "./shapes.js";

const CARD = "0 0 100 140";
const [LEFT, MIDDLE, RIGHT] = [34, 50, 66];
const [TOP, CENTRE, BOTTOM] = [24, 70, 116];
const [SECOND, THIRD] = [TOP + (BOTTOM - TOP) / 3, BOTTOM - (BOTTOM - TOP) / 3];
const [HIGH, LOW] = [(TOP + CENTRE) / 2, (CENTRE + BOTTOM) / 2];
const PIP = 20;

const pairs = (...rows) => rows.flatMap((row) => [[LEFT, row], [RIGHT, row]]);
const middle = (...rows) => rows.map((row) => [MIDDLE, row]);

/** Where the pips of a number lie. */
const PIPS = {
  2: middle(TOP, BOTTOM),
  3: middle(TOP, CENTRE, BOTTOM),
  4: pairs(TOP, BOTTOM),
  5: [...pairs(TOP, BOTTOM), ...middle(CENTRE)],
  6: pairs(TOP, CENTRE, BOTTOM),
  7: [...pairs(TOP, CENTRE, BOTTOM), ...middle(HIGH)],
  8: [...pairs(TOP, CENTRE, BOTTOM), ...middle(HIGH, LOW)],
  9: [...pairs(TOP, SECOND, THIRD, BOTTOM), ...middle(CENTRE)],
  10: [...pairs(TOP, SECOND, THIRD, BOTTOM), ...middle((TOP + SECOND) / 2, (THIRD + BOTTOM) / 2)],
};

/** The face of a card such as 10♥. Small cards show a plain face of a large index and one pip: CSS picks the one that fits. */
export function cardFace(card) {
  const [rank, suit] = [card.slice(0, -1), card.slice(-1)];
  const full = once(`face-${card}`, CARD, () => index(rank, suit) + upsideDown(index(rank, suit)) + middleOf(rank, suit));
  const plain = once(`plain-${card}`, CARD, () => rankAt(rank, 25, 9, 52) + suitAt(suit, 25, 80, 28) + suitAt(suit, 68, 104, 54));
  return drawing(CARD, `<use class="face-full" href="#${full}"/><use class="face-plain" href="#${plain}"/>`);
}

/** The back of every card. */
export function cardBack() {
  const side = drawing(CARD, `<use href="#${once("back", CARD, back)}"/>`);
  side.setAttribute("class", "card-back");
  return side;
}

function index(rank, suit) {
  return rankAt(rank, 13.5, 8, 24) + suitAt(suit, 13.5, 42.5, 14);
}

function upsideDown(content) {
  return `<g transform="rotate(180 50 70)">${content}</g>`;
}

function middleOf(rank, suit) {
  if (rank === "A") return ace(suit);
  if (rank in PIPS) return PIPS[rank].map(([x, y]) => suitAt(suit, x, y, PIP, y > CENTRE)).join("");
  return court(rank, suit);
}

/** One large pip, in a ring of fine rays where it is the ace of spades, as the custom is. */
function ace(suit) {
  if (suit !== "♠") return suitAt(suit, 50, 70, 46);
  const rays = Array.from({ length: 24 }, (_, ray) => `<path d="M50 36V39.5" transform="rotate(${ray * 15} 50 70)"/>`).join("");
  const ring = `<circle cx="50" cy="70" r="30.5"/>`;
  return `<g fill="none" stroke="var(--court-gold)" stroke-width="1.2">${ring}${rays}</g>${suitAt(suit, 50, 69, 42)}`;
}

function back() {
  const lattice = [];
  for (let at = -140; at <= 240; at += 12) lattice.push(`M${at} 0L${at + 140} 140M${at} 140L${at + 140} 0`);
  const field = `<rect x="6" y="6" width="88" height="128" rx="5"`;
  return `<clipPath id="back-field">${field}/></clipPath>${field} fill="var(--card-back)"/>`
    + `<path clip-path="url(#back-field)" d="${lattice.join("")}" fill="none" stroke="var(--card-back-line)" stroke-width="0.9"/>`
    + `<rect x="10" y="10" width="80" height="120" rx="3" fill="none" stroke="var(--card-back-line)" stroke-width="1.4"/>`
    + `<circle cx="50" cy="70" r="19" fill="var(--card-back)" stroke="var(--card-back-line)" stroke-width="1.4"/>`
    + `<g color="var(--card-back-line)">${suitAt("♠", 50, 69, 22)}</g>`;
}
