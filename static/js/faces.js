/** Players' faces: a drawing or the name's first letter, on one of a few colours. */
import { setAttribute, setText } from "./dom.js";

const DRAWINGS = new URL("../faces.svg", import.meta.url).pathname;
const FACES = new URL("/faces/", location.href);
const SVG = "http://www.w3.org/2000/svg";
const COLOURS = 8;
const MOST = 200;

/** What is known of each player: `[drawing, colour]`, the drawing empty for a letter. */
const looks = new Map();
/** The faces that wait for what the server knows of their players, by player. */
const waiting = new Map();
let isAsking = false;

for (const holder of document.querySelectorAll("[data-player]")) learn(holder);

/** Keeps what the server has drawn within an element that names its player. */
export function learn(holder) {
  const { drawing, face } = holder.querySelector("[data-face]")?.dataset ?? {};
  if (face !== undefined) looks.set(holder.dataset.player, [drawing, Number(face)]);
}

/** Shows a player's face in `element`: a letter at first, where the page has not met them yet. */
export function showFace(element, { player_id: id, player_name: name }) {
  const look = looks.get(id);
  draw(element, name, look ?? ["", Number(id.replace(/\D/g, "")) % COLOURS]);
  if (look) return;
  element.dataset.waits = id;
  waiting.set(id, [...(waiting.get(id) ?? []), [element, name]]);
  if (!isAsking) ask();
}

function draw(element, name, [drawing, colour]) {
  delete element.dataset.waits;
  setAttribute(element, "data-face", colour);
  if (!drawing) setText(element, ([...name][0] ?? "").toUpperCase());
  else if (element.dataset.drawing !== drawing || !element.firstElementChild) element.replaceChildren(drawingOf(drawing));
  element.dataset.drawing = drawing;
}

function drawingOf(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 64 64");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${DRAWINGS}#${name}`);
  svg.append(use);
  return svg;
}

/** Asks for all who wait at once. Without an answer they keep their letters, and are asked for when they are shown anew. */
async function ask() {
  isAsking = true;
  await Promise.resolve();
  const asked = [...waiting].slice(0, MOST);
  for (const [id] of asked) waiting.delete(id);
  const url = new URL(FACES);
  url.searchParams.set("players", asked.map(([id]) => id).join(","));
  const found = await fetch(url).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  for (const [id, look] of Object.entries(found)) looks.set(id, look);
  for (const [id, faces] of asked) {
    for (const [element, name] of faces) if (looks.has(id) && element.dataset.waits === id) draw(element, name, looks.get(id));
  }
  isAsking = false;
  if (waiting.size) ask();
}
