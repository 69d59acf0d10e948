/**
 * A bot in JavaScript for Node, written from the protocol's page alone: it uses nothing of CardSharp's code.
 *
 *     node --experimental-websocket examples/node_bot.mjs ws://localhost:8000/ws/tables/ID/ --token TOKEN --rounds 50
 *
 * Node 22 and newer need no flag. It sits down, bets the smallest bet, hits below 17, and takes up its seat again where
 * the connection breaks. With --log FILE it keeps every frame that the server sends, one a line.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    token: { type: "string" },
    rounds: { type: "string", default: "50" },
    log: { type: "string" },
    patience: { type: "string", default: "60" }, // seconds to go on trying after a break
  },
});
const url = positionals[0] ?? "ws://localhost:8765";
const rounds = Number(options.rounds);
const LAST_WORDS = new Set(["requested", "bad_token", "signed_out", "replaced"]);

let socket = null;
let heart = null;
let lastId = 0;
let me = null; // the player's id
let clientId; // the same over every connection
let table = null; // its id
let newest = null; // the seq of the last event that was seen, where a broken connection is taken up again
let seated = false;
let leaving = false;
let played = 0;
let netCents = 0; // hundredths: amounts are not for binary fractions
let hands = {}; // the values of our hands in this round
const unanswered = new Map(); // what was sent, by id, until its answer is there
let farewell = {}; // what the server said when it closed
let brokenSince = null;
let attempt = 0;

if (options.log) writeFileSync(options.log, "");
connect();

function connect() {
  socket = new WebSocket(url);
  socket.onopen = () => send("connect", { token: options.token, client_id: clientId });
  socket.onmessage = ({ data: frame }) => {
    if (options.log) appendFileSync(options.log, `${frame}\n`);
    hear(JSON.parse(frame));
  };
  socket.onclose = ({ code }) => comeBack(code);
  socket.onerror = () => comeBack(1006);
}

function send(type, data) {
  lastId += 1;
  const message = { type, id: `n${lastId}`, data };
  unanswered.set(message.id, message);
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function act(action, data = {}) {
  send("action", { table_id: table ?? undefined, action, data });
}

function hear({ type, reply_to: replyTo, data }) {
  const question = unanswered.get(replyTo);
  unanswered.delete(replyTo);
  if (type === "connected" && question.type === "connect") begin(data);
  if (type === "connected" && question.type === "subscribe") subscribed(data);
  if (type === "event" && data.event_type === "ACTION_RECEIVED") acknowledged(data.data);
  else if (type === "event") see(data);
  if (type === "action_request" && !leaving) answer(data);
  if (type === "error") refused(question, data);
  if (type === "disconnected") farewell = data;
}

function begin(session) {
  if (!session.player) fail("A token is needed to play.");
  me = session.player.id;
  clientId = session.client_id;
  clearInterval(heart);
  heart = setInterval(() => send("heartbeat", { timestamp: Date.now() / 1000 }), session.heartbeat_interval * 1000);
  brokenSince = null;
  attempt = 0;
  // What was sent on the connection before, and may be repeated without harm, is sent once more.
  const repeated = [...unanswered.values()].filter(({ data }) => data.data?.request_id || data.action === "leave_table");
  unanswered.clear();
  send("subscribe", { event_types: ["*"], table_id: table ?? undefined, since: newest ?? undefined });
  for (const { type, data } of repeated) send(type, data);
}

function subscribed({ subscriptions }) {
  table ??= Object.keys(subscriptions).find((name) => name !== "lobby");
  if (!table) fail("Name a table in the address: /ws/tables/ID/");
  if (!seated) act("join_table");
}

function acknowledged({ action }) {
  if (action === "join_table") seated = true;
}

function see({ event_type: type, seq, data }) {
  if (type !== "TABLE_STATE") {
    if (newest !== null && seq <= newest) return; // a replay may repeat what was seen
    newest = seq;
  } else {
    newest ??= seq;
    if (data.resync) newest = seq;
    keepHands(data.state);
  }
  const isMine = data.player_id === me;
  if (type === "ROUND_STARTED") hands = {};
  if (type === "CARD_DEALT" && isMine) hands[data.hand_id] = data.value;
  if (type === "ROUND_ENDED") {
    const mine = data.results.filter(({ player_id: id }) => id === me);
    played += mine.length > 0;
    for (const { net } of mine) netCents += Math.round(net * 100);
    if (played >= rounds && !leaving) leave();
  }
  if (type === "PLAYER_LEFT" && isMine) {
    // Out of chips, or done.
    if (leaving) end(`${played} rounds, net ${(netCents / 100).toFixed(2)}.`);
    else act("join_table");
  }
  if (type === "PLAYER_SAT_OUT" && isMine && !data.leaving && !leaving) act("leave_table"); // the stack is used up
}

/** The hands as the table shows them, for who comes back in the middle of a round. */
function keepHands({ seats }) {
  for (const seat of seats) {
    if (seat.player_id !== me) continue;
    seated = true;
    for (const hand of seat.hands) hands[hand.hand_id] = hand.value;
  }
}

function answer({ request_id: requestId, seat, hand_id: hand, valid_actions: valid, min_bet: minBet }) {
  if (valid.includes("BET")) {
    act("place_bet", { request_id: requestId, seat, amount: minBet });
    return;
  }
  const wanted = hands[hand] < 17 ? "HIT" : "STAND";
  const move = ["DECLINE_INSURANCE", "DECLINE_SURRENDER", wanted, "STAND"].find((name) => valid.includes(name));
  act("player_action", { request_id: requestId, seat, action: move });
}

function leave() {
  leaving = true;
  act("leave_table");
}

function refused(question, { code, message, retry_after: retryAfter }) {
  if (code === "rate_limited") setTimeout(() => send(question.type, question.data), retryAfter * 1000);
  else if (code === "already_seated") seated = true; // from before a break
  else if (code === "not_seated" && leaving) end(`${played} rounds, net ${(netCents / 100).toFixed(2)}.`);
  else if (code !== "stale_request") fail(message); // a stale one came too late: the table has played for us
}

/** Connects again after a wait that grows, half of it by chance, or when the server said. */
function comeBack(code) {
  socket.onclose = socket.onerror = null; // an error may be told by one of them or by both
  clearInterval(heart);
  if (LAST_WORDS.has(farewell.reason) || code === 4401 || code === 4409) fail(`The server said goodbye: ${farewell.reason}.`);
  brokenSince ??= Date.now();
  if (Date.now() - brokenSince > Number(options.patience) * 1000) fail("The server cannot be reached.");
  const longest = Math.min(8, 0.5 * 2 ** attempt);
  attempt += 1;
  const wait = farewell.retry_after ?? longest / 2 + (Math.random() * longest) / 2;
  farewell = {};
  setTimeout(connect, wait * 1000);
}

function end(summary) {
  console.log(summary);
  clearInterval(heart);
  socket.onclose = socket.onerror = null;
  send("disconnect", {});
  socket.close(1000);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
