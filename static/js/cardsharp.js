/**
 * A client of the CardSharp protocol, for browsers and for Node: one connection that is kept up and resumed, with every
 * answer matched to its message. It needs nothing but a WebSocket, the global one or one that is passed in.
 *
 *     import { connect } from "./cardsharp.js";
 *
 *     const room = await connect("wss://cards.example/ws/tables/ID/", {
 *       token: TOKEN,
 *       subscribe: "*",
 *       event: (event) => console.log(event.seq, event.event_type, event.data),
 *       request: (request) => room.answer(request, request.valid_actions.includes("BET") ? … : …),
 *     });
 *     await room.act("join_table");
 *
 * Amounts are numbers of chips with two decimals at most: compute with them in hundredths.
 */

const OPEN = 1;
const ENDED = new Map([
  [1000, "closed"],
  [4401, "signed_out"],
  [4409, "replaced"],
]);
const EARNED_CLOSES = new Set([4400, 4413, 4429]);
const EARNED_WAIT_SECONDS = 15;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const GOODBYE_MS = 5_000;
const SILENT_INTERVALS = 2.5;
const UNAVAILABLE = "unavailable";
const LOBBY = "lobby";

/** A message that was refused: `code`, a sentence as `message`, and what helps in `details`. Nothing has changed. */
export class Refusal extends Error {
  constructor({ code, message, ...details }) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}

/**
 * There is no connection: `code` is `connection_lost` where it broke under a message that must not be repeated blindly,
 * else the way in which it has ended for good: `closed`, `signed_out`, `replaced` or `unreachable`.
 */
export class Disconnection extends Error {
  constructor(code) {
    super(SENTENCES[code]);
    this.name = "Disconnection";
    this.code = code;
  }
}

const SENTENCES = {
  connection_lost: "The connection was lost before the table answered. What the table shows when it is back is what counts.",
  closed: "The connection was closed.",
  signed_out: "The server does not know who this is any more.",
  replaced: "Another connection of the same name has taken over.",
  unreachable: "The server cannot be reached.",
};

/** A room that is connected. Fails with a Disconnection where the server does not want this client, or cannot be reached. */
export async function connect(url, options = {}) {
  const room = new Room(url, options);
  await room.start();
  return room;
}

export class Room {
  /** How the server last described this session. */
  session = null;
  /** The newest `seq` that has come from each table. */
  seqs = {};

  #url;
  #options;
  #clientId;
  #socket = null;
  #opening = null;
  #end = null;
  /** What waits for its direct answer, by id, in the order of asking. */
  #calls = new Map();
  #subscriptions = null;
  #asked = 0;
  #attempts = 0;
  #retryAfterSeconds = null;
  #brokenAt = null;
  #heartbeatTimer = null;
  #retryTimer = null;
  #heardAt = 0;
  #isLive = false;
  #listening = new AbortController();

  /**
   * `options`, all of them optional: `token`; `clientId`; `subscribe`, names of event types, `"*"` for all; `WebSocket`;
   * `retrySeconds`, how long to try again after a break (for ever). And functions to be called: `status(name)` with
   * connecting, live, reconnecting, signed_out, replaced, closed or unreachable; `session(data)`; `event(data)`;
   * `request(data)` for what a table asks of this player; `message(envelope)` for every message, before anything else
   * is done with it; `problem(error)` for a refusal that answers no call, and for each `unavailable`: what the server
   * is unable to do for the moment is asked again until it has another answer.
   */
  constructor(url, options = {}) {
    this.#url = socketUrl(url);
    this.#options = options;
    this.#clientId = options.clientId ?? crypto.getRandomValues(new Uint32Array(3)).join("-");
    const { signal } = this.#listening;
    globalThis.addEventListener?.("online", () => this.#hurry(), { signal });
    // A socket does not notice by itself that there is no network; until it did, a page would show what is over.
    globalThis.addEventListener?.("offline", () => this.#socket && this.#lose(null), { signal });
    globalThis.document?.addEventListener("visibilitychange", () => document.hidden || this.#hurry(), { signal });
  }

  /** Connects, and stays connected until the server says that it is over. The promise is kept at the first success. */
  start() {
    this.#tell("connecting");
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#open();
    });
  }

  /** Adds to what comes: a snapshot first, or with `since` what happened after that `seq`. Gives the session. */
  subscribe(eventTypes = "*", { tableId, since } = {}) {
    return this.#ask("subscribe", { event_types: eventTypes, table_id: tableId, since }, true);
  }

  /** Takes away from what comes. Gives the session. */
  unsubscribe(eventTypes = "*", { tableId } = {}) {
    return this.#ask("unsubscribe", { event_types: eventTypes, table_id: tableId }, true);
  }

  /**
   * Takes an action and gives its acknowledgement; fails with a Refusal or a Disconnection. With a `request_id` among
   * the data it is sent again after a break, which is harmless; without one it fails, if it had been sent.
   */
  act(action, data = {}, { tableId } = {}) {
    return this.#ask("action", { action, data, table_id: tableId }, data.request_id != null);
  }

  /** Answers what a table asked of this player, and nothing else; gives null where that came too late. */
  async answer({ request_id: requestId, seat, table_id: tableId }, action, data = {}) {
    try {
      return await this.act(action, { ...data, request_id: requestId, seat }, { tableId });
    } catch (error) {
      if (error.code === "stale_request") return null;
      throw error;
    }
  }

  /** Sends a message of a type that the server has of its own beside the protocol's, and gives the data of its answer. */
  ask(type, data = {}) {
    return this.#ask(type, data);
  }

  /** The session as the server sees it now: taking away what was never subscribed changes nothing and says it. */
  refreshSession() {
    return this.unsubscribe(["TABLE_STATE"]);
  }

  /** Says goodbye. */
  async disconnect() {
    if (this.#end) return;
    if (this.#isLive) {
      const patience = setTimeout(() => this.#finish("closed"), GOODBYE_MS);
      await this.#ask("disconnect", {}).catch(() => {}); // a courtesy: it ends either way
      clearTimeout(patience);
    }
    this.#finish("closed");
  }

  // How messages go and come.

  #ask(type, data, isRepeatable = false) {
    return new Promise((resolve, reject) => {
      if (this.#end) {
        reject(new Disconnection(this.#end));
        return;
      }
      this.#calls.set(this.#nextId(), { type, data, isRepeatable, isSent: false, resolve, reject });
      if (this.#isLive) this.#sendWaiting();
    });
  }

  /** Asks at once, ahead of what waits for the introduction to be over. */
  #introduceBy(type, data) {
    return new Promise((resolve, reject) => {
      const id = this.#nextId();
      this.#calls.set(id, { type, data, isIntroduction: true, isRepeatable: false, isSent: true, resolve, reject });
      this.#send(type, data, id);
    });
  }

  #sendWaiting() {
    for (const [id, call] of this.#calls) {
      if (!call.isSent) this.#send(call.type, call.data, id);
      call.isSent = true;
    }
  }

  #nextId() {
    this.#asked += 1;
    return `m${this.#asked}`;
  }

  #send(type, data, id) {
    this.#socket.send(JSON.stringify({ type, id, timestamp: Date.now() / 1000, data }));
  }

  #hear(envelope) {
    this.#heardAt = Date.now();
    this.#options.message?.(envelope);
    const { type, data, reply_to: replyTo } = envelope;
    if (type === "disconnected") {
      this.#retryAfterSeconds = data.retry_after ?? null;
      return; // the close that follows ends what waits
    }
    const call = this.#calls.get(replyTo);
    this.#calls.delete(replyTo);
    if (type === "connected") this.#see(data);
    if (type === "error") {
      const refusal = new Refusal(data);
      if (call && data.code === UNAVAILABLE && !call.isIntroduction) this.#askAgain(call, refusal);
      else if (call) call.reject(refusal);
      else this.#options.problem?.(refusal);
    } else if (call) {
      call.resolve(data);
    } else if (type === "event") {
      if (data.seq && data.table_id) this.seqs[data.table_id] = data.seq;
      this.#options.event?.(data);
    } else if (type === "action_request") {
      this.#options.request?.(data);
    }
  }

  #askAgain(call, refusal) {
    call.isSent = false;
    this.#calls.set(this.#nextId(), call);
    setTimeout(() => this.#isLive && this.#sendWaiting(), retryMs(refusal));
    this.#options.problem?.(refusal);
  }

  #see(session) {
    this.session = session;
    this.#clientId = session.client_id;
    if (this.#isLive) this.#subscriptions = session.subscriptions;
    this.#options.session?.(session);
  }

  // How the connection is made, kept and made again.

  #open() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    const Socket = this.#options.WebSocket ?? globalThis.WebSocket;
    const socket = new Socket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#introduce());
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#hear(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => socket === this.#socket && this.#lose(code));
    // In Node 20 no "close" follows the error of a socket that never opened.
    socket.addEventListener("error", () => socket === this.#socket && this.#lose(null));
  }

  /** Says who this is, takes the subscriptions up where they broke off, and then sends what waits. */
  async #introduce() {
    try {
      const hello = { client_id: this.#clientId, token: this.#options.token };
      this.#keepAlive((await this.#introduceBy("connect", hello)).heartbeat_interval);
      await (this.#subscriptions ? this.#resume() : this.#begin());
    } catch (error) {
      if (error.code === UNAVAILABLE) {
        this.#retryAfterSeconds = retryMs(error) / 1000;
        this.#lose(null);
        return;
      }
      // Where the connection broke, the next try is under way.
      if (!(error instanceof Disconnection)) this.#finish("closed", error);
      return;
    }
    this.#subscriptions = this.session.subscriptions;
    this.#attempts = 0;
    this.#brokenAt = null;
    this.#isLive = true;
    this.#opening.resolve();
    this.#tell("live");
    this.#sendWaiting();
  }

  async #begin() {
    const { subscribe } = this.#options;
    if (subscribe) await this.#introduceBy("subscribe", { event_types: subscribe });
  }

  async #resume() {
    for (const [key, names] of Object.entries(this.#subscriptions)) {
      const wanted = { event_types: names, table_id: key === LOBBY ? undefined : key };
      const since = this.seqs[key];
      await this.#introduceBy("subscribe", { ...wanted, since });
      // Snapshots are not in the log, so a replay brings none: subscribing without `since` does.
      const isShown = names.includes("*") || names.includes("TABLE_STATE");
      if (since !== undefined && isShown) await this.#introduceBy("subscribe", wanted);
    }
  }

  #keepAlive(intervalSeconds) {
    clearInterval(this.#heartbeatTimer);
    this.#heartbeatTimer = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENT_INTERVALS * intervalSeconds * 1000) this.#lose(null);
      else this.#send("heartbeat", { timestamp: Date.now() / 1000, seqs: this.seqs }, this.#nextId());
    }, intervalSeconds * 1000);
  }

  #lose(code) {
    this.#drop();
    for (const [id, call] of this.#calls) {
      if (call.isSent && !call.isRepeatable) {
        this.#calls.delete(id);
        call.reject(new Disconnection("connection_lost"));
      }
      call.isSent = false;
    }
    this.#brokenAt ??= Date.now();
    const { retrySeconds = Infinity } = this.#options;
    if (ENDED.has(code)) {
      this.#finish(ENDED.get(code));
    } else if (Date.now() - this.#brokenAt > retrySeconds * 1000) {
      this.#finish("unreachable");
    } else {
      this.#tell("reconnecting");
      this.#retryTimer = setTimeout(() => this.#open(), this.#waitMs(code));
    }
  }

  #waitMs(code) {
    const leastSeconds = this.#retryAfterSeconds ?? (EARNED_CLOSES.has(code) ? EARNED_WAIT_SECONDS : 0);
    this.#retryAfterSeconds = null;
    const spreadMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    // Half fixed, half by chance: a restarted server must not meet everybody in the same moment.
    return leastSeconds * 1000 + spreadMs / 2 + (Math.random() * spreadMs) / 2;
  }

  #hurry() {
    if (this.#retryTimer !== null) this.#open();
  }

  /** Ends it for good; `problem` is why, where the server would not let this client in. */
  #finish(how, problem = null) {
    if (this.#end) return;
    this.#end = how;
    this.#drop();
    clearTimeout(this.#retryTimer);
    this.#listening.abort();
    const error = problem ?? new Disconnection(how);
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
    this.#opening?.reject(error);
    if (problem) this.#options.problem?.(problem);
    this.#tell(how);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#isLive = false;
    clearInterval(this.#heartbeatTimer);
    socket?.close();
  }

  #tell(status) {
    this.#options.status?.(status);
  }
}

function retryMs({ details }) {
  return (details.retry_after ?? 1) * 1000;
}

function socketUrl(url) {
  const absolute = new URL(url, globalThis.location?.href);
  absolute.protocol = absolute.protocol.replace("http", "ws");
  return absolute.href;
}
