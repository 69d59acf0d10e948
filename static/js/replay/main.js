/** The replay page: a finished round on the felt of the table page, step by step. */
import { make, part, setAttribute, setText } from "../dom.js";
import { showFelt } from "../table/felt.js";
import { TableModel } from "../table/model.js";
import { Motion } from "../table/motion.js";
import { stepsOf } from "./frames.js";

const ELSEWHERE = "input:not([type=range]), select, textarea, [contenteditable], [popover], [data-part=steps]";
const KEYS = { ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1, Home: () => 0, End: () => Infinity };
const BUTTONS = { first: () => 0, back: (at) => at - 1, on: (at) => at + 1, last: () => Infinity };

const root = document.getElementById("replay");
const first = JSON.parse(root.dataset.state);
const frames = JSON.parse(root.dataset.frames);
const playerId = root.dataset.playerId || null;

function modelOf(state, events) {
  const model = new TableModel(state, playerId, 0);
  for (const event of events) model.hear(event);
  return model;
}

/** Steps through the frames; the address names the step, so that a link may point at one. */
class Stepper {
  #steps;
  #at = 0;
  #motion = new Motion(root);
  #slider = part(root, "slider");
  #list = part(root, "steps");

  constructor() {
    const seated = new Map();
    for (const { event } of frames) {
      if (event.data.player_id && event.data.seat) seated.set(event.data.seat, event.data.player_id);
    }
    const seatsOf = (id) => [...seated.values()].filter((other) => other === id).length;
    this.#steps = stepsOf(first, frames, {
      isOwn: (data) => Boolean(playerId) && data.player_id === playerId,
      isOfSeveral: (data) => seatsOf(data.player_id) > 1,
    });
    this.#slider.max = this.#steps.length - 1;
    this.#list.append(...this.#steps.map((step, place) => this.#line(step, place)));
    this.#listen();
    this.#show(this.#named() ?? 0, { isSaid: false });
  }

  #line(step, place) {
    const mark = step.decision && step.decision.action !== step.decision.advised ? " ≠" : "";
    const button = make("button", { type: "button", "data-place": place }, step.sentence + mark);
    const type = step.events[0].event_type;
    return make("li", { "data-type": type, "data-own": step.own ? "" : undefined }, button);
  }

  #listen() {
    this.#slider.addEventListener("input", () => this.#show(Number(this.#slider.value)));
    this.#list.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) this.#show(Number(button.dataset.place));
    });
    for (const button of root.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.#show(BUTTONS[button.dataset.step](this.#at)));
    }
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      if (!(event.key in KEYS) || event.target.closest(ELSEWHERE)) return;
      event.preventDefault();
      this.#show(KEYS[event.key](this.#at));
    });
    addEventListener("hashchange", () => this.#show(this.#named() ?? 0));
  }

  /** The step that the address names, counted from 1 there, or null. */
  #named() {
    const match = /^#step-(\d{1,4})$/.exec(location.hash);
    return match ? Number(match[1]) - 1 : null;
  }

  #show(wanted, { isSaid = true } = {}) {
    const at = Math.max(0, Math.min(wanted, this.#steps.length - 1));
    const isNext = at === this.#at + 1;
    const step = this.#steps[at];
    const hasChanged = at !== this.#at;
    this.#at = at;
    const events = this.#steps.slice(0, at + 1).flatMap((one) => one.events);
    showFelt(root, modelOf(step.state, events), isNext ? this.#motion : null);
    setText(part(root, "prompt"), step.sentence);
    const advice = adviceFor(step);
    setText(part(root, "advice"), advice.text);
    setAttribute(part(root, "advice"), "data-verdict", advice.verdict);
    setText(part(root, "place"), `Step ${at + 1} of ${this.#steps.length}.`);
    this.#slider.value = at;
    this.#slider.setAttribute("aria-valuetext", `Step ${at + 1}: ${step.sentence}`);
    this.#mark(at);
    if (isSaid && document.activeElement !== this.#slider) setText(part(root, "announcer"), `${step.sentence} ${advice.text}`.trim());
    if (isSaid && hasChanged) history.replaceState(null, "", `#step-${at + 1}`);
  }

  #mark(at) {
    for (const button of this.#list.querySelectorAll("button")) {
      setAttribute(button, "aria-current", Number(button.dataset.place) === at ? "step" : null);
    }
    const line = this.#list.children[at];
    const { offsetTop, offsetHeight } = line;
    const top = offsetTop - this.#list.offsetTop;
    const { scrollTop, clientHeight } = this.#list;
    if (top < scrollTop || top + offsetHeight > scrollTop + clientHeight) this.#list.scrollTop = top - clientHeight / 2;
  }
}

function words(action) {
  return action === "DECLINE_SURRENDER" ? "play on" : action.replaceAll("_", " ").toLowerCase();
}

function adviceFor({ decision }) {
  if (!decision) return { text: "", verdict: "" };
  if (decision.action === decision.advised) return { text: `By the book: ${words(decision.advised)}.`, verdict: "book" };
  return { text: `Not by the book: it says ${words(decision.advised)}, not ${words(decision.action)}.`, verdict: "other" };
}

if (frames.length) new Stepper();
else showFelt(root, modelOf(first, []));
