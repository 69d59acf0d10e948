/** A finished shoe's page: fetches the shoe's file and checks it here, with nothing of the server's but that file. */
import { make, part, setText } from "../dom.js";
import { canHash } from "./algorithm.js";
import { check } from "./check.js";

const root = document.getElementById("shoe-check");
const button = part(root, "verify");

async function verify() {
  button.disabled = true;
  show("checking", "Making every card anew …");
  try {
    const { cards, faults, misfit } = await check(await download(root.dataset.file));
    if (faults.length) show("wrong", "This shoe was not dealt as committed.", faults);
    else show("well", `All ${cards} cards came as committed.`);
    point(misfit);
  } catch (problem) {
    show("unknown", `The check could not be made: ${problem.message}`);
  } finally {
    button.disabled = false;
  }
}

async function download(url) {
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}.`);
  return answer.json();
}

function show(status, sentence, faults = []) {
  const verdict = part(root, "verdict");
  verdict.dataset.status = status;
  setText(verdict, sentence);
  part(root, "faults").replaceChildren(...faults.map((fault) => make("li", {}, fault)));
  part(root, "faults").hidden = faults.length === 0;
}

/** Marks the card at a place of the shoe, or none. */
function point(place) {
  for (const item of document.querySelectorAll("[data-place]")) {
    item.toggleAttribute("data-misfit", Number(item.dataset.place) === place);
  }
}

if (canHash()) {
  button.hidden = false;
  button.addEventListener("click", verify);
  verify();
} else {
  part(root, "unsafe").hidden = false;
}
