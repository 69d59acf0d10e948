/** The drill without a new page for every hand: answers are posted, and the page that comes back takes this one's place. */
import { part } from "./dom.js";
import { listenForKeys } from "./table/keys.js";

const drill = document.querySelector("[data-part='drill']");
if (drill) {
  listenForKeys(drill, part(drill, "keys-on"));
  drill.addEventListener("submit", (event) => {
    if (event.target !== part(drill, "answer")) return;
    event.preventDefault();
    answer(event.target, event.submitter);
  });
}

async function answer(form, button) {
  const body = new FormData(form, button);
  for (const other of form.querySelectorAll("button")) other.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    show(new DOMParser().parseFromString(await response.text(), "text/html"), button.value);
  } catch (error) {
    console.error(error);
    for (const other of form.querySelectorAll("button")) other.disabled = false;
    part(drill, "verdict").textContent = "The answer did not get through. Try again.";
  }
}

/** Takes over the parts that change; the verdict is said by its live region, and the focus stays among the moves. */
function show(page, move) {
  for (const selector of [".drill-verdict", ".drill-table", "[data-part='answer']", ".drill-score"]) {
    const fresh = page.querySelector(selector);
    if (!fresh) return location.reload();
    const old = drill.querySelector(selector);
    if (selector === ".drill-verdict") old.replaceChildren(...fresh.childNodes);
    else old.replaceWith(fresh);
  }
  const buttons = [...drill.querySelectorAll("[data-part='answer'] button")];
  (buttons.find((button) => button.value === move) ?? buttons[0]).focus();
}
