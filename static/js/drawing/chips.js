/** Chips as drawings: one from above for the buttons, and stacks from the side for bets. */
import { drawing, once } from "./shapes.js";

/** Every denomination in hundredths, and the name of its colour among the custom properties. */
export const DENOMINATIONS = [1, 5, 10, 25, 50, 100, 500, 1_000, 5_000, 25_000, 100_000].map((chips) => chips * 100);

const MOST_SHOWN = 6;
const [WIDTH, THICK, FLAT] = [40, 6.5, 7];

/** The chips of a bet, the most valuable ones below, and no more of them than can be told apart. */
export function chipsOf(cents) {
  const chips = [];
  let rest = cents;
  for (const denomination of [...DENOMINATIONS].reverse()) {
    for (; rest >= denomination && chips.length < MOST_SHOWN; rest -= denomination) chips.push(denomination);
  }
  return chips.length ? chips : [DENOMINATIONS[0]];
}

/** Shows a stack for that bet in `element`, drawn anew where it is another bet. */
export function showStack(element, cents) {
  if (element.dataset.cents === String(cents)) return;
  element.dataset.cents = cents;
  element.replaceChildren(chipStack(cents));
}

/** A stack for that bet, as high as it has chips. */
export function chipStack(cents) {
  const chips = chipsOf(cents);
  const height = FLAT * 2 + THICK * chips.length;
  const drawn = chips.map((chip, place) => `<g color="${colourOf(chip)}"><use href="#${sideways()}" y="${height - FLAT * 2 - THICK * (place + 1)}" width="${WIDTH}" height="${FLAT * 2 + THICK}"/></g>`);
  const shadow = `<ellipse cx="${WIDTH / 2 + 1}" cy="${height - FLAT + 2.5}" rx="${WIDTH / 2}" ry="${FLAT}" fill="rgb(0 0 0 / 35%)"/>`;
  const stack = drawing(`0 0 ${WIDTH} ${height}`, shadow + drawn.join(""));
  stack.setAttribute("class", "chip-stack");
  stack.setAttribute("width", WIDTH);
  stack.setAttribute("height", height);
  return stack;
}

/** A chip from above; its value is the button's text. */
export function chipFace(cents) {
  const face = drawing("0 0 100 100", `<g color="${colourOf(cents)}"><use href="#${fromAbove()}"/></g>`);
  face.setAttribute("class", "chip-face");
  return face;
}

function colourOf(cents) {
  return `var(--chip-${cents / 100})`;
}

function sideways() {
  const [middle, right, top] = [WIDTH / 2, WIDTH, FLAT + THICK];
  const rim = `M0 ${FLAT}A${middle} ${FLAT} 0 0 0 ${right} ${FLAT}V${top}A${middle} ${FLAT} 0 0 1 0 ${top}Z`;
  return once("chip-side", `0 0 ${WIDTH} ${FLAT * 2 + THICK}`, () => `<path fill="currentColor" d="${rim}"/>`
    + `<path fill="var(--chip-mark)" d="M5 11.6L11 13.2V19.7L5 18.1ZM17 13.9H23V20.4H17ZM29 13.2L35 11.6V18.1L29 19.7Z"/>`
    + `<path fill="none" stroke="var(--chip-edge)" stroke-width="0.8" d="${rim}"/>`
    + `<ellipse fill="currentColor" stroke="var(--chip-edge)" stroke-width="0.8" cx="${middle}" cy="${FLAT}" rx="${middle - 0.4}" ry="${FLAT - 0.4}"/>`
    + `<ellipse fill="none" stroke="var(--chip-mark)" stroke-width="1.2" cx="${middle}" cy="${FLAT}" rx="12" ry="4"/>`);
}

function fromAbove() {
  return once("chip-above", "0 0 100 100", () => {
    const mark = `<path fill="var(--chip-mark)" d="M41 3.2A47.5 47.5 0 0 1 59 3.2L56.6 16A34.5 34.5 0 0 0 43.4 16Z"`;
    const marks = Array.from({ length: 6 }, (_, place) => `${mark} transform="rotate(${place * 60} 50 50)"/>`).join("");
    return `<circle fill="currentColor" cx="50" cy="50" r="48"/>${marks}`
      + `<circle fill="currentColor" stroke="var(--chip-mark)" stroke-width="1.6" stroke-dasharray="3 2.5" cx="50" cy="50" r="32"/>`
      + `<circle fill="none" stroke="var(--chip-edge)" stroke-width="1.5" cx="50" cy="50" r="48"/>`;
  });
}
