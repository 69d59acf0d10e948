/** The console: one socket to talk to by hand, with a form for each message of the protocol. */

import { part, setText } from "../dom.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { messagesOf, parsed, pretty } from "./schema.js";

const root = document.getElementById("console");
const log = new Log(root, JSON.parse(document.getElementById("protocol-closes").textContent));
const status = part(root, "status");
const token = part(root, "token");
const path = part(root, "path");

let socket = null;
let beating = null;

const response = await fetch(root.dataset.schema);
const composer = new Composer(part(root, "composer"), messagesOf(await response.json()), send);
root.toggleAttribute("data-ready", true);

part(root, "open").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket === null) open();
  else socket.close();
});

function open() {
  const table = path.value.trim();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const where = table === "" ? "/ws/" : `/ws/tables/${encodeURIComponent(table)}/`;
  const opened = new WebSocket(`${scheme}//${location.host}${where}`);
  socket = opened;
  show("connecting");
  log.note(`Opening ${opened.url}`);
  opened.addEventListener("open", () => {
    show("live");
    const data = token.value.trim() === "" ? {} : { token: token.value.trim() };
    send(pretty({ type: "connect", id: "c-0", data }));
  });
  opened.addEventListener("message", ({ data }) => [parsed(data)].flat().forEach(receive));
  opened.addEventListener("close", ({ code }) => {
    clearInterval(beating);
    socket = null;
    show("closed");
    log.note(`The socket is closed with ${code}.`, code === 1000 || code === 1005 ? "note" : "error");
  });
}

function send(text) {
  if (socket?.readyState !== WebSocket.OPEN) {
    log.note("There is no open socket: open one first.", "error");
    return;
  }
  socket.send(text);
  log.sent(text);
}

function receive(message) {
  const { type, data } = message;
  if ("reply_to" in message) tell(message);
  if (type === "connected") beat(data.heartbeat_interval);
  log.received(message, type === "action_request" ? () => answer(data) : null);
}

/** Says the direct answer beside the button that asked for it: on a phone the frames are out of sight. */
function tell(message) {
  const line = part(root, "answer");
  const { title, words, level } = log.describe("server", message);
  setText(line, `Answer to ${message.reply_to}: ${title}${words ? `, ${words}` : ""}`);
  line.dataset.level = level ?? "";
}

/** Keeps the socket alive, as every client must. */
function beat(seconds) {
  const heartbeat = () => send(pretty({ type: "heartbeat", data: { timestamp: Date.now() / 1000 } }));
  clearInterval(beating);
  beating = setInterval(heartbeat, seconds * 1000);
}

/** Fills the form in with what the request asks for. */
function answer({ table_id, request_id, valid_actions: moves, min_bet: least, max_amount: most }) {
  if (moves.includes("BET")) composer.fill("client.action.place_bet", { table_id, request_id, amount: least });
  else composer.fill("client.action.player_action", { table_id, request_id, action: moves[0], amount: most ?? "" });
  part(root, "composer").scrollIntoView({ block: "nearest" });
}

function show(name) {
  status.dataset.status = name;
  setText(status, { connecting: "connecting", live: "open", closed: "closed" }[name]);
  setText(part(root, "toggle"), name === "closed" ? "Open" : "Close");
  token.disabled = path.disabled = name !== "closed";
}
