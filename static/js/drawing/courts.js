/** Jack, queen and king: busts of a few plain shapes, each the same from above and from below. */
import { suitAt } from "./shapes.js";

const LINE = `stroke="currentColor" stroke-width="1.3" stroke-linejoin="round" stroke-linecap="round"`;
const GOLD = "var(--court-gold)";
const SKIN = "var(--court-skin)";

const FACE = `<path fill="${SKIN}" ${LINE} d="M41 32V40C41 47 45 51.5 50 51.5C55 51.5 59 47 59 40V32Z"/>`
  + `<path fill="none" ${LINE} d="M44.6 36.8H47.4M52.6 36.8H55.4M50 37V42.3H48.4M48 46H52"/>`;

/** Shoulders under a collar, cut off where the other half begins. */
function robe(collar) {
  return `<path fill="currentColor" d="M27 70V65C28 57.5 36 54.5 44 53H56C64 54.5 72 57.5 73 65V70Z"/>${collar}`;
}

const FIGURES = {
  J: robe(`<path fill="${GOLD}" d="M41 53L50 62L59 53L62 54.500L50 67.500L38 54.500Z"/>`)
    + `<path fill="${GOLD}" ${LINE} d="M38.5 31V44C38.5 47 41 47 41 45V31ZM61.5 31V44C61.5 47 59 47 59 45V31Z"/>`
    + FACE
    + `<path fill="currentColor" d="M37 32.500C35 24 42 18.5 51 18.500C60 18.5 65 24 63 32.500Z"/>`
    + `<path fill="${GOLD}" d="M36.5 30H63.500V33.500H36.500Z"/>`
    + `<path fill="none" stroke="${GOLD}" stroke-width="2" stroke-linecap="round" d="M60 29C66 26 69 21 68.5 16.5"/>`,
  Q: `<path fill="currentColor" d="M50 21C38 21 35.5 31 36 40C36.3 47 35 50 32.5 54H67.500C65 50 63.7 47 64 40C64.5 31 62 21 50 21Z"/>`
    + robe(`<path fill="${SKIN}" d="M43 53H57L50 63Z"/><path fill="none" stroke="${GOLD}" stroke-width="2" stroke-linecap="round" stroke-dasharray="0.1 3.1" d="M41 54.500C44 63 56 63 59 54.5"/>`)
    + FACE
    + `<path fill="currentColor" d="M41 37C41 31 45 30.5 50 27C55 30.5 59 31 59 37V29H41Z"/>`
    + `<path fill="${GOLD}" ${LINE} d="M39 28.500L37.5 19L43.5 23L50 16L56.5 23L62.5 19L61 28.500Z"/>`
    + `<circle fill="${GOLD}" ${LINE} cx="50" cy="14.8" r="1.9"/>`,
  K: robe(`<path fill="${GOLD}" d="M46.5 53H53.500L55 70H45Z"/><path fill="none" stroke="${SKIN}" stroke-width="1.3" d="M34 70V60M66 70V60M39.5 70V58M60.5 70V58"/>`)
    + FACE
    + `<path fill="currentColor" d="M39 31V42C39 53 44.5 59 50 62C55.5 59 61 53 61 42V31H58.700V38C58.7 42.5 56.5 43.5 53.5 43.500H46.500C43.5 43.5 41.3 42.5 41.3 38V31Z"/>`
    + `<path fill="none" stroke="${SKIN}" stroke-width="1.3" stroke-linecap="round" d="M47.8 47H52.2"/>`
    + `<path fill="${GOLD}" ${LINE} d="M38 31.500L36 17.500L43 22.500V15H57V22.500L64 17.500L62 31.500Z"/>`
    + `<path fill="none" ${LINE} d="M50 14.500V23.500M46 18.500H54M38 28H62"/>`,
};

/** The picture of a court card in the middle of its face. */
export function court(rank, suit) {
  const half = `<g>${FIGURES[rank]}</g>${suitAt(suit, 33.5, 22, 10.5)}`;
  return `<rect x="26" y="11" width="48" height="118" rx="3" fill="var(--court-ground)"/>${half}`
    + `<g transform="rotate(180 50 70)">${half}</g>`
    + `<path d="M26 70H74" stroke="${GOLD}" stroke-width="1.6"/>`
    + `<rect x="26" y="11" width="48" height="118" rx="3" fill="none" stroke="currentColor" stroke-width="1.1"/>`;
}
