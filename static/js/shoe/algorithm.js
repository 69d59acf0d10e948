/**
 * The order of a shoe out of its seeds, as docs/fairness.md defines `cardsharp-shoe-1`. Hashes are the browser's own
 * (Web Crypto), which it offers only to pages that came safely: over https, or from this very machine.
 */

export const ALGORITHM = "cardsharp-shoe-1";

const RANKS = ["A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K"];
const PACK = [..."♠♥♦♣"].flatMap((suit) => RANKS.map((rank) => rank + suit));
const WORDS = 2 ** 32;

/** Whether this browser offers its hashes to this page. */
export function canHash() {
  return Boolean(globalThis.crypto?.subtle);
}

/** The SHA-256 of a server seed, both as hex digits. */
export async function commitment(serverSeed) {
  return hexOf(await sha256(bytesOf(serverSeed)));
}

/**
 * The cards of a shoe and, behind them, those of its refill: `discards` of them had been dealt before its last round.
 * `clientSeeds` are pairs of player id and seed.
 */
export async function dealingOrder(serverSeed, clientSeeds, decks, discards) {
  const pack = Array.from({ length: decks }, () => PACK).flat();
  const shoe = await shuffled(pack, serverSeed, clientSeeds, "shoe");
  return [...shoe, ...(await shuffled(shoe.slice(0, discards), serverSeed, clientSeeds, "refill-1"))];
}

/** The cards in the order that seeds and label fix: Fisher–Yates from the last place down, without modulo bias. */
export async function shuffled(cards, serverSeed, clientSeeds, label) {
  const order = [...cards];
  const stream = words(serverSeed, clientSeeds, label);
  for (let size = order.length; size > 1; size -= 1) {
    const limit = WORDS - (WORDS % size);
    let word = (await stream.next()).value;
    while (word >= limit) word = (await stream.next()).value;
    const other = word % size;
    [order[size - 1], order[other]] = [order[other], order[size - 1]];
  }
  return order;
}

/** The endless words of a stream: 32-byte blocks of HMAC-SHA256, cut into big-endian numbers of 4 bytes. */
async function* words(serverSeed, clientSeeds, label) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOf(serverSeed), algorithm, false, ["sign"]);
  const info = clientSeeds.flat().flatMap((text) => {
    const encoded = new TextEncoder().encode(text);
    return [numberOf(encoded.length, 4), encoded];
  });
  const start = [new TextEncoder().encode(label), new Uint8Array(1), await sha256(joined(info))];
  for (let block = 0; ; block += 1) {
    const signed = await crypto.subtle.sign("HMAC", key, joined([...start, numberOf(block, 8)]));
    const view = new DataView(signed);
    for (let place = 0; place < signed.byteLength; place += 4) yield view.getUint32(place);
  }
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** A number below 2^32 as so many bytes, big-endian. */
function numberOf(number, length) {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(length - 4, number);
  return bytes;
}

function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}

function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

function hexOf(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
