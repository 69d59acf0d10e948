/** The shapes that cards are drawn from: suits as areas, ranks as lines of one width, so that no font is needed. */

const NAMESPACE = "http://www.w3.org/2000/svg";

/** Suits in a square of 100, filled with the current colour. */
export const SUITS = {
  "♠": "M50 4C54 20 91 40 91 65C91 78 81 86 71 86C63 86 57 82 53.5 75C54 85 58 92 65 97H35C42 92 46 85 46.5 75C43 82 37 86 29 86C19 86 9 78 9 65C9 40 46 20 50 4Z",
  "♥": "M50 94C42 80 7 59 7 32C7 17 18 8 30 8C39.5 8 47 13 50 22C53 13 60.5 8 70 8C82 8 93 17 93 32C93 59 58 80 50 94Z",
  "♦": "M50 3C58 20 70 36 85 50C70 64 58 80 50 97C42 80 30 64 15 50C30 36 42 20 50 3Z",
  "♣": "M50 5A21 21 0 0 1 65.5 40.200A21 21 0 1 1 57.5 72.500C58 84 60 91 66 97H34C40 91 42 84 42.5 72.500A21 21 0 1 1 34.5 40.200A21 21 0 0 1 50 5Z",
};

/** Ranks as the middle of their strokes, 100 high and 60 wide, but for the ten. */
export const RANKS = {
  A: "M6 95L30 8L54 95M15 66H45",
  2: "M9 30C9 15 18 7 30 7C43 7 51 15 51 28C51 40 43 49 33 60L8 92H54",
  3: "M9 27C10 14 18 7 30 7C43 7 50 15 50 27C50 40 42 47 26 47M26 47C43 47 53 56 53 70C53 84 44 93 30 93C17 93 8 85 7 71",
  4: "M42 95V8L7 68H56",
  5: "M50 8H15L12 47C17 41 23 38 31 38C45 38 53 49 53 65C53 82 44 93 29 93C17 93 9 86 7 74",
  6: "M49 18C45 11 39 7 31 7C15 7 7 24 7 54C7 80 15 93 30 93C44 93 53 83 53 66.500C53 50 44 41 31 41C18 41 8 50 7 62",
  7: "M6 8H53C40 30 28 60 25 95",
  8: "M30 47C18 47 10 39 10 27C10 15 18 7 30 7C42 7 50 15 50 27C50 39 42 47 30 47C16 47 7 56 7 70C7 84 16 93 30 93C44 93 53 84 53 70C53 56 44 47 30 47Z",
  9: "M11 82C15 89 21 93 29 93C45 93 53 76 53 46C53 20 45 7 30 7C16 7 7 17 7 33.500C7 50 16 59 29 59C42 59 52 50 53 38",
  10: "M3 22L19 8V95M58 7C44 7 37 23 37 50C37 77 44 93 58 93C72 93 79 77 79 50C79 23 72 7 58 7Z",
  J: "M22 8H46V68C46 84 38 93 26 93C14 93 8 86 7 72",
  Q: "M30 7C15 7 7 23 7 50C7 77 15 93 30 93C45 93 53 77 53 50C53 23 45 7 30 7ZM32 68L54 98",
  K: "M11 5V95M52 8L13 56M26 42L55 95",
};

/** How wide a rank's box is where it is 100 high. */
export function widthOf(rank) {
  return rank === "10" ? 86 : 60;
}

/** An `svg` element with that content: markup of this site's own, never a name or anything else from outside. */
export function drawing(viewBox, content) {
  const parsed = new DOMParser().parseFromString(`<svg xmlns="${NAMESPACE}" viewBox="${viewBox}" aria-hidden="true">${content}</svg>`, "image/svg+xml");
  return document.importNode(parsed.documentElement, true);
}

const shelf = drawing("0 0 1 1", "");
shelf.setAttribute("class", "shelf");
document.body.append(shelf);

/** The id of a shape that is drawn once and then only referred to. `content` is called the first time. */
export function once(id, viewBox, content) {
  if (!document.getElementById(id)) {
    shelf.append(...drawing(viewBox, `<symbol id="${id}" viewBox="${viewBox}">${content()}</symbol>`).children);
  }
  return id;
}

/** A reference to a suit, its middle at x and y; upside down in the lower half where `turns`. */
export function suitAt(suit, x, y, size, turns = false) {
  const id = once(`suit-${suit}`, "0 0 100 100", () => `<path fill="currentColor" d="${SUITS[suit]}"/>`);
  const turn = turns ? ` transform="rotate(180 ${x} ${y})"` : "";
  return `<use href="#${id}" x="${x - size / 2}" y="${y - size / 2}" width="${size}" height="${size}"${turn}/>`;
}

/** A reference to a rank, its middle at x, its top at y. */
export function rankAt(rank, x, y, height) {
  const box = widthOf(rank);
  const line = `fill="none" stroke="currentColor" stroke-width="12.5" stroke-linejoin="round"`;
  const id = once(`rank-${rank}`, `0 0 ${box} 100`, () => `<path ${line} d="${RANKS[rank]}"/>`);
  const width = (box * height) / 100;
  return `<use href="#${id}" x="${x - width / 2}" y="${y}" width="${width}" height="${height}"/>`;
}
