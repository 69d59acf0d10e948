// A bot that plays blackjack over the CardSharp protocol, version 1. Node 20 or later, no packages:
//   node --experimental-websocket --no-warnings node_bot.mjs [URL] [--token TOKEN] [--rounds N=50]
//        [--log FILE] [--patience SECONDS=60]
//
// URL is where it plays, ws://localhost:8765 if left out; from a lobby it takes the first table with a
// free seat. Without a token it is a guest, where guests are let in. --rounds are those with a bet, --log
// gets every frame of the server, and --patience is how long a broken connection is tried again. At the
// end it prints a line such as "50 rounds, net -2.50."; what ends it sooner is a line on stderr and exit 1.
import { randomUUID } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import { openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

const FINAL = ['requested', 'bad_token', 'signed_out', 'replaced']; // coming back would do no good
const TOO_LATE = ['stale_request', 'not_your_turn', 'wrong_phase', 'table_paused']; // what came of it is in the events

process.on('uncaughtException', (error) => die(error.message));
if (!globalThis.WebSocket) die('Run it with node --experimental-websocket.');
const text = { type: 'string' }, options = { token: text, rounds: text, log: text, patience: text };
const { values, positionals: [url = 'ws://localhost:8765'] } = parseArgs({ options, allowPositionals: true });
const { token, rounds: n = '50', patience: seconds = '60' } = values;
if (!/^\d{1,6}$/.test(n) || !/^\d{1,6}(\.\d+)?$/.test(seconds)) die('--rounds and --patience take numbers.');
const wanted = Number(n), patience = Number(seconds), log = values.log && openSync(values.log, 'w');

let ws;                      // the socket in use; whatever another one still says is not heard
let clientId = randomUUID(); // a guest is known by it, so nobody may guess it
let me, table, state;        // our player's id, the table's id, the newest TABLE_STATE of this socket
let lastSeq = null, ackSeq = 0; // the newest event dealt with, and the newest that an acknowledgement told of
let rounds = 0, net = 0;     // the net is in hundredths of a chip, and so is every sum
let breaks = 0, giveUp;      // tries since the connection broke, and the timer that ends them
let messages = 0, leaving = false; // how many messages were sent, and whether the goodbye was
let silence, watch, pulse;   // how long the server may be silent, the timers for that and for heartbeats
const sent = new Map();      // id: {message, tries} of what has had no direct answer yet
const requests = new Map();  // request_id: an action_request to be answered
const answered = new Set();  // the request_ids that were

// A handshake that is refused with 403 is refused for good. WebSocket does not tell; the layer below does.
diagnostics.subscribe('undici:request:headers', ({ response }) =>
  response.statusCode === 403 && die('The server refused the connection: 403.'));
open();

function open() {
  const socket = ws = new WebSocket(table ? new URL(`/ws/tables/${table}/`, url) : url);
  silence = 10_000;
  heard(socket);
  socket.onopen = () => socket === ws && send('connect', { client_id: clientId, token });
  socket.onmessage = ({ data }) => {
    if (socket !== ws) return;
    heard(socket);
    if (log) writeSync(log, data + '\n');
    receive(JSON.parse(data));
  };
  socket.onerror = socket.onclose = () => lost(socket);
}

function heard(socket) {      // a server that falls silent is as good as gone
  clearTimeout(watch);
  watch = setTimeout(lost, silence, socket);
}

function lost(socket, atLeast = 0) {
  if (socket !== ws) return;
  ws = null;
  [watch, pulse].forEach(clearTimeout);
  socket.close();
  if (leaving) return finish();
  for (const [id, { message }] of sent) if (message.type !== 'action') sent.delete(id);
  giveUp ??= setTimeout(die, patience * 1000, 'The server cannot be reached.');
  setTimeout(open, 1000 * (atLeast + Math.min(15, 0.5 * 2 ** breaks++) * (0.5 + Math.random() / 2)));
}

function send(type, data = {}) {
  const message = { type, id: `m-${++messages}`, data };
  sent.set(message.id, { message, tries: 0 });
  ws.send(JSON.stringify(message));
}
const subscribe = (more) => send('subscribe', { event_types: ['*'], table_id: table, ...more });
const act = (action, data = {}) => send('action', { action, table_id: table, data });
const forget = () => ([lastSeq, ackSeq] = [null, 0]) && answered.clear();
const cents = (amount) => Math.round(amount * 100); // exact: amounts have two decimals at most

function resume() {
  const unanswered = [...sent.values()];          // actions only: the rest went with the old socket
  state = null;                                   // the new one comes with the last subscription
  requests.clear();                               // what is still open is asked again
  if (lastSeq !== null) subscribe({ since: lastSeq });
  subscribe();
  for (const { message } of unanswered) ws.send(JSON.stringify(message));
}

function receive({ type, reply_to: id, data }) {
  const entry = sent.get(id);
  sent.delete(id);
  if (type === 'connected') welcome(data, entry?.message.type);
  else if (type === 'disconnected') goodbye(data);
  else if (type === 'error') refused(data, entry);
  else if (type === 'event') happened(data);
  else if (type === 'action_request' && data.table_id === table) requests.set(data.request_id, data);
  if (ws) decide();
}

function welcome({ client_id, player, subscriptions, heartbeat_interval: interval }, question) {
  if (!player) die('A token is needed to play.');
  [me, clientId, silence] = [player.id, client_id, 3000 * interval];
  table ??= Object.keys(subscriptions).find((name) => name !== 'lobby');
  if (question !== 'connect') return;
  const seqs = () => (lastSeq === null ? {} : { [table]: lastSeq });
  pulse = setInterval(() => send('heartbeat', { timestamp: Date.now() / 1000, seqs: seqs() }), 1000 * interval);
  resume();
}

function goodbye({ reason, retry_after: wait }) {
  if (leaving) finish();
  if (FINAL.includes(reason)) die(`The server said goodbye: ${reason}.`);
  lost(ws, wait ?? (reason === 'too_many_errors' ? 15 : 0));
}

function happened({ event_type: name, table_id, seq, data }) {
  if (name === 'LOBBY_STATE') {
    table = data.tables.find((row) => row.seats_taken < row.seat_count)?.table_id;
    if (!table) die('No table has a free seat.');
    send('unsubscribe', { event_types: ['*'] });  // the lobby
    subscribe();
  } else if (table_id !== table) return;
  else if (name === 'ACTION_RECEIVED') ackSeq = Math.max(ackSeq, data.seq);
  else if (name === 'TABLE_STATE') {
    if (data.resync) forget();                    // the server has lost what we know: begin with its state
    lastSeq ??= seq;
    state = { ...data.state, seq };
    [breaks, giveUp] = [0, clearTimeout(giveUp)];
  } else if (seq > lastSeq + 1) lost(ws);         // something is missing: have it replayed
  else if (seq === lastSeq + 1) {
    lastSeq = seq;
    if (name === 'TABLE_CLOSED' && rounds < wanted) die('The table was closed.');
    const mine = name === 'ROUND_ENDED' ? data.results.filter((result) => result.player_id === me) : [];
    if (!mine.length || rounds >= wanted) return;
    rounds++;
    for (const result of mine) net += cents(result.net);
  }
}

function refused({ code, message, retry_after: wait = 1, balance }, entry) {
  const { type, id, data } = entry?.message ?? {};
  if (code === 'table_closed' && rounds >= wanted) return leave();
  if (code === 'not_authenticated') die('A token is needed to play.');
  if (entry && (code === 'rate_limited' || (code === 'internal_error' && entry.tries++ < 2))) {
    sent.set(id, entry);                          // it still has no answer
    setTimeout((socket) => socket === ws && ws.send(JSON.stringify(entry.message)), wait * 1000, ws);
  } else if (data?.data?.request_id && TOO_LATE.includes(code)) return;
  else if (type === 'action' && ['not_seated', 'already_seated'].includes(code)) {
    state = null;                                 // see how things are, and go on from there
    subscribe();
  } else if (type === 'subscribe' && code === 'unknown_table' && data.table_id) {
    forget();
    table = undefined;                            // the server began anew: so do we, at another table
    sent.clear();
    lost(ws);
  } else if (data?.action === 'join_table' && code === 'insufficient_chips' && !data.data.buy_in
             && balance >= state?.min_buy_in) act('join_table', { buy_in: balance });
  else die(`The server refused ${data?.action ?? type ?? 'a message'}: ${code}. ${message}`);
}

function decide() {          // when all that is known is in the state, and no other decision is under way
  const busy = [...sent.values()].some(({ message: { data } }) => data.data && !data.data.request_id);
  if (!state || state.seq < Math.max(lastSeq, ackSeq) || busy || leaving) return;
  const seat = state.seats.find(({ player_id }) => player_id === me);
  const poor = seat && cents(seat.stack) + cents(seat.bet) < cents(state.min_bet);
  if (!seat && rounds < wanted) act('join_table');
  else if (!seat) leave();
  else if (rounds >= wanted || poor) seat.status !== 'leaving' && act('leave_table');
  else if (seat.status !== 'active') act('sit_in');
  else for (const request of requests.values()) answer(request, seat);
}

function answer({ request_id, valid_actions: valid, min_bet, hand_id }, seat) {
  requests.delete(request_id);
  if (answered.has(request_id)) return;
  answered.add(request_id);
  if (valid.includes('BET')) return act('place_bet', { request_id, amount: min_bet ?? state.min_bet });
  const { value } = seat.hands.find((hand) => hand.hand_id === hand_id) ?? {};
  const wishes = ['DECLINE_INSURANCE', 'DECLINE_SURRENDER', value < 17 ? 'HIT' : 'STAND', 'STAND'];
  act('player_action', { request_id, action: wishes.find((move) => valid.includes(move)) });
}

function leave() {           // the seat is given up, so the goodbye is not waited for for long
  leaving = true;
  send('disconnect');
  setTimeout(finish, 5000);
}

function finish() {
  console.log(`${rounds} rounds, net ${(net / 100).toFixed(2)}.`);
  process.exit(0);
}

function die(why) {
  console.error(why.replace(/\s+/g, ' '));
  process.exit(1);
}
