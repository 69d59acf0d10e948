/** A table's row in the lobby: what changes in it while one looks on. */
import { keyed, make, part, setAttribute, setText } from "../dom.js";
import { showFace } from "../faces.js";
import { PHASES } from "../phases.js";

const OPEN_TO = { members: " · members only", nobody: " · nobody new" };

/** Brings the row that the server has rendered up to what the socket says. */
export function updateRow(item, row) {
  item.dataset.phase = row.phase;
  setAttribute(item, "data-full", row.seats_taken === row.seat_count);
  setText(part(item, "seats"), `${row.seats_taken} of ${row.seat_count} seats taken${OPEN_TO[row.open_to] ?? ""}`);
  setText(part(item, "phase"), PHASES[row.phase] ?? row.phase);
  setText(part(item, "spectators"), row.spectators ? `, ${row.spectators} watching` : "");
  const names = [...new Set(row.players.map((player) => player.player_name))];
  setText(part(item, "players"), names.join(", "));
  part(item, "players").hidden = names.length === 0;
  showChairs(part(item, "chairs"), row);
}

function showChairs(box, { players, seat_count: count }) {
  const seated = new Map(players.map((player) => [player.seat, player]));
  for (const chair of box.children) chair.dataset.key = chair.dataset.seat;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  keyed(box, numbers, (number) => number, (number) => make("li", { "data-seat": number }), (chair, number) => {
    const player = seated.get(number);
    setAttribute(chair, "data-player", player?.player_id);
    if (!player) chair.replaceChildren();
    else if (!chair.firstElementChild) chair.append(make("span", { class: "face" }));
    if (player) showFace(chair.firstElementChild, player);
  });
}
