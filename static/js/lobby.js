/** The lobby: the rows that the server rendered, kept as the socket tells. */
import { Room } from "./cardsharp.js";
import { showConnection } from "./connection_status.js";
import { keyed, make, part, setAttribute, setText } from "./dom.js";
import { format, fromWire } from "./money.js";
import { PHASES } from "./phases.js";
import { showCards } from "./table/cards.js";

const OPEN_TO = { members: " · members only", nobody: " · nobody new" };
const lobby = document.getElementById("lobby");
const list = part(lobby, "list");
const template = part(lobby, "row");
const rows = new Map();

function render() {
  keyed(list, [...rows.values()], (row) => row.table_id, createRow, updateRow);
  part(lobby, "empty").hidden = rows.size > 0;
}

function createRow(row) {
  const item = template.content.firstElementChild.cloneNode(true);
  part(item, "link").href = lobby.dataset.tableUrl.replace("TABLE", encodeURIComponent(row.table_id));
  return item;
}

function updateRow(item, row) {
  item.dataset.phase = row.phase;
  setText(part(item, "name"), row.name);
  setText(part(item, "rules"), row.rules.split(" · ", 1)[0]);
  setAttribute(part(item, "rules"), "title", row.rules);
  setText(part(item, "stakes"), `${format(fromWire(row.min_bet))} to ${format(fromWire(row.max_bet))}`);
  setText(part(item, "seats"), `${row.seats_taken} of ${row.seat_count} seats taken${OPEN_TO[row.open_to] ?? ""}`);
  setText(part(item, "phase"), PHASES[row.phase] ?? row.phase);
  setText(part(item, "spectators"), row.spectators ? `${row.spectators} watching` : "");
  const dots = Array.from({ length: row.seat_count }, (_, index) => index < row.seats_taken);
  keyed(part(item, "dots"), dots, (_, index) => index, () => make("span"), (dot, taken) => dot.toggleAttribute("data-taken", taken));
}

const changes = {
  LOBBY_STATE({ tables }) {
    rows.clear();
    for (const row of tables) rows.set(row.table_id, row);
  },
  TABLE_OPENED(row) {
    rows.set(row.table_id, row);
  },
  TABLE_CHANGED(row) {
    rows.set(row.table_id, row);
  },
  TABLE_CLOSED({ table_id: tableId }) {
    rows.delete(tableId);
  },
};

const welcome = part(document, "welcome-cards");
if (welcome) showCards(welcome, ["K♥", "A♠"]);

for (const item of list.children) item.dataset.key = item.dataset.table;

const room = new Room(lobby.dataset.socket, {
  subscribe: "*",
  status: (status) => showConnection(part(lobby, "connection"), status),
  event({ event_type: type, data }) {
    if (!(type in changes)) return;
    changes[type](data);
    render();
  },
});

room.start().catch(() => {}); // the status has told it
