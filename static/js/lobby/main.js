/** The lobby: the page of tables that the server rendered, kept as the socket tells. What belongs on it, the server says. */
import { Room } from "../cardsharp.js";
import { showConnection } from "../connection_status.js";
import { keyed, part, setText } from "../dom.js";
import { learn } from "../faces.js";
import { showCards } from "../table/cards.js";
import { listenToFilter } from "./filter.js";
import { updateRow } from "./rows.js";

/** How long a change in the list waits for others: not the same at every visitor, so that not all ask at once. */
const SOON_MS = 150;
const SPREAD_MS = 600;

const lobby = document.getElementById("lobby");
/** The newest row of each table that the socket has told of. */
const rows = new Map();
let timer = null;
let asked = 0;

function items() {
  return [...part(lobby, "list").children];
}

function update(item) {
  const row = rows.get(item.dataset.table);
  if (row) updateRow(item, row);
}

function renew(delayMs = SOON_MS + Math.random() * SPREAD_MS) {
  timer ??= setTimeout(fetchPage, delayMs);
}

/** Asks the server for this page of tables once more. Rows that stay keep their elements, and so the keyboard its place. */
async function fetchPage() {
  timer = null;
  const turn = ++asked;
  const text = await fetch(location.href).then((answer) => (answer.ok ? answer.text() : null), () => null);
  if (text === null || turn !== asked) return; // what the socket tells next asks again
  const found = new DOMParser().parseFromString(text, "text/html").getElementById("lobby");
  keyed(part(lobby, "list"), [...part(found, "list").children], (item) => item.dataset.table, adopt);
  for (const name of ["empty", "pages"]) part(lobby, name).replaceWith(document.adoptNode(part(found, name)));
  setText(part(lobby, "count"), part(found, "count").textContent);
  lobby.dataset.openTables = found.dataset.openTables;
  items().forEach(update);
}

function adopt(item) {
  for (const holder of item.querySelectorAll("[data-player]")) learn(holder);
  return document.adoptNode(item);
}

const changes = {
  LOBBY_STATE({ tables }) {
    rows.clear();
    for (const row of tables) rows.set(row.table_id, row);
    items().forEach(update);
    const isGone = items().some((item) => !rows.has(item.dataset.table));
    if (isGone || rows.size !== Number(lobby.dataset.openTables)) renew();
  },
  TABLE_OPENED() {
    renew();
  },
  TABLE_CHANGED(row) {
    rows.set(row.table_id, row);
    items().filter((item) => item.dataset.table === row.table_id).forEach(update);
  },
  TABLE_CLOSED({ table_id: tableId }) {
    rows.delete(tableId);
    items().find((item) => item.dataset.table === tableId)?.remove();
    renew();
  },
};

const welcome = part(document, "welcome-cards");
if (welcome) showCards(welcome, ["K♥", "A♠"]);

for (const item of items()) item.dataset.key = item.dataset.table;

listenToFilter(part(lobby, "filter"), () => renew(0));

const room = new Room(lobby.dataset.socket, {
  subscribe: "*",
  status: (status) => showConnection(part(lobby, "connection"), status),
  event({ event_type: type, data }) {
    changes[type]?.(data);
  },
});

room.start().catch(() => {}); // the status has told it
