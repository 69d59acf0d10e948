/** Amounts of chips: integers of a hundredth here, JSON numbers with at most two decimals on the wire. */

const TYPED = /^\s*(\d{1,13})(?:[.,](\d{1,2}))?\s*$/;

/** The hundredths in a number from the wire. Read from its digits, since 19.99 * 100 is not 1999. */
export function fromWire(number) {
  return Number(number.toFixed(2).replace(".", ""));
}

/** The number for the wire. */
export function toWire(cents) {
  return Number(digits(cents));
}

/** The hundredths in what somebody typed, or null where that is no amount. */
export function parse(text) {
  const match = TYPED.exec(text);
  return match && Number(match[1] + (match[2] ?? "").padEnd(2, "0"));
}

/** An amount as people read it: 1,250 or 12.50. */
export function format(cents) {
  const sign = cents < 0 ? "−" : "";
  const [whole, rest] = digits(Math.abs(cents)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + grouped + (rest === "00" ? "" : `.${rest}`);
}

/** A gain or a loss as people read it: +50, −10, 0. */
export function signed(cents) {
  return (cents > 0 ? "+" : "") + format(cents);
}

/** An amount as a form field takes it: 1250 or 12.50. */
export function plain(cents) {
  return digits(cents).replace(/\.00$/, "");
}

function digits(cents) {
  const text = String(cents).padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}
