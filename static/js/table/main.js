/** The table page: a connection, a model of what it tells, and the parts of the page that show it. */
import { Room } from "../cardsharp.js";
import { ServerClock } from "../clock.js";
import { showConnection } from "../connection_status.js";
import { make, part, setText } from "../dom.js";
import { format, fromWire } from "../money.js";
import { AutoRebet } from "./auto_rebet.js";
import { BetForm } from "./bet_form.js";
import { Countdown } from "./countdown.js";
import { showDailyChips } from "./daily_chips.js";
import { Doors } from "./doors.js";
import { Extras } from "./extras.js";
import { listenToSeedForm, showShoe } from "./fairness.js";
import { showFelt } from "./felt.js";
import { Hearing } from "./hearing.js";
import { JoinForm } from "./join_form.js";
import { listenForKeys } from "./keys.js";
import { LastRounds } from "./last_rounds.js";
import { TableModel } from "./model.js";
import { MovePanels } from "./move_panels.js";
import { noteFor, promptFor } from "./prompt.js";
import { SeatMenu } from "./seat_menu.js";
import { SeatSwitch } from "./seat_switch.js";
import { fillWithChart, fillWithRules, Sheets } from "./sheets.js";
import { Story } from "./story.js";

const LOST = "The connection is lost. The table goes on; trying to come back …";

const root = document.getElementById("table");
const controls = part(root, "controls");
const model = new TableModel(JSON.parse(root.dataset.state), root.dataset.playerId, Number(root.dataset.seatsPerPlayer), "member" in root.dataset);
const past = JSON.parse(root.dataset.lastRounds);
model.rememberBets(past.bets);
let motion = null;
let isOver = false;
let shownRequest = null;
let walletCents = null;
const clock = new ServerClock();
const story = new Story(root);
const hearing = new Hearing(part(root, "sound"), model, complain);
const countdown = new Countdown(part(root, "countdown"), clock, (seconds) => {
  story.say(`${seconds} seconds left.`);
  hearing.hurry();
});
const room = new Room(root.dataset.socket, {
  subscribe: "*",
  status: followStatus,
  session: showSession,
  problem: complain,
  message: ({ timestamp }) => clock.hear(timestamp),
  event: hear,
  request(request) {
    model.ask(request);
    render();
  },
});
const doors = new Doors(room, model, { isLive, complain, free: () => panels?.auto.show() });
const panels = root.dataset.playerId ? openPanels() : null;
const features = openFeatures();

function openPanels() {
  listenToSeedForm(root, (seed) => doors.actEach("set_client_seed", model.ownSeats.map(({ seat }) => ({ seat, client_seed: seed }))));
  return {
    join: new JoinForm(controls, part(root, "seats"), doors),
    seats: new SeatSwitch(controls, model, render),
    bet: new BetForm(part(controls, "bet"), model, doors),
    moves: new MovePanels(controls, doors),
    menu: new SeatMenu(controls, model, doors),
    auto: new AutoRebet(part(controls, "auto"), model, doors),
  };
}

/** What the page has beside the game. Each may have `hear(event)`, called with every event, and `show(request)`, with every state and what it awaits of the viewer. */
function openFeatures() {
  listenForKeys(root, part(root, "keys-on"));
  new Sheets(root, { rules: fillWithRules(root), strategy: fillWithChart(part(root, "strategy-link").href) });
  return [hearing, new LastRounds(root, model, past.rounds), new Extras(root, { room, model, story, complain })];
}

function render() {
  const request = model.request;
  const focused = document.activeElement;
  showFelt(root, model, motion);
  showShoe(root, model);
  setText(part(root, "prompt"), isLost() ? LOST : promptFor(model));
  setText(part(root, "prompt-note"), noteFor(model, root.dataset.blackjackPays));
  setText(part(root, "spectators"), model.state.spectators ? `${model.state.spectators} watching` : "");
  const isTimed = isLive() && model.state.phase !== "waiting";
  countdown.show(isTimed ? model.deadline : null, request !== null, root.querySelectorAll(".seat[data-awaited] .plate"));
  root.toggleAttribute("data-asked", request !== null);
  for (const feature of features) feature.show?.(request);
  if (!panels) return;
  panels.join.show(model);
  panels.seats.show();
  panels.bet.show(request?.valid_actions.includes("BET") ? request : null);
  panels.moves.show(request, model);
  panels.menu.show();
  showDailyChips(part(controls, "daily-chips"), model, walletCents);
  panels.auto.show();
  showAsked(request);
  // A button that has just been disabled or hidden takes the keyboard with it; the controls keep it in place.
  if (controls.contains(focused) && (focused.disabled || focused.closest("[hidden]"))) controls.focus({ preventScroll: true });
}

/** Once for each question: the hand comes into sight where several need more room than a phone has, and an offer is explained. */
function showAsked(request) {
  if (request === shownRequest) return;
  shownRequest = request;
  if (request?.hand_id) root.querySelector(".hand[data-active]")?.scrollIntoView({ block: "nearest" });
  const note = noteFor(model, root.dataset.blackjackPays);
  if (note) story.say(note);
}

function hear(event) {
  const isOwn = model.isOwn(event.data);
  model.hear(event);
  story.tell(event, { isOwn, isOfSeveral: model.playsSeveral(event.data) });
  panels?.auto.hear(event);
  for (const feature of features) feature.hear?.(event);
  if (isOwn && event.event_type === "PLAYER_LEFT") doors.refreshWallet();
  if (event.event_type !== "TABLE_STATE") return;
  story.flush();
  render();
}

function complain(problem) {
  if (isOver) return; // what still fails now fails because of that, which has been explained
  setText(part(root, "problem"), problem.message ?? problem);
}

function showSession({ player, subscriptions }) {
  if (!player && root.dataset.playerId) {
    explain("You are not logged in any more.", root.dataset.loginUrl, "Log in again");
    return;
  }
  if (!player) return;
  for (const element of document.querySelectorAll("[data-wallet]")) setText(element, format(fromWire(player.balance)));
  walletCents = fromWire(player.balance);
  panels?.join.fitTo(player.balance);
  showDailyChips(part(controls, "daily-chips"), model, walletCents);
  if (isLive() && !(root.dataset.tableId in subscriptions)) {
    explain("You are no member of this table any more.", root.dataset.lobbyUrl, "Back to the lobby");
    room.disconnect();
  }
}

function followStatus(status) {
  showConnection(part(root, "connection"), status);
  root.dataset.connection = status;
  if (status === "reconnecting") {
    clock.reset();
    model.forgetRequests();
  }
  render();
  if (status === "signed_out") explain("You have been signed out.", root.dataset.loginUrl, "Log in again");
  if (status === "replaced") explain("This table is open in another window of yours.", location.href, "Play here");
}

function isLive() {
  return root.dataset.connection === "live";
}

function isLost() {
  return root.dataset.connection === "reconnecting";
}

function explain(sentence, href, way) {
  isOver = true;
  part(root, "problem").replaceChildren(`${sentence} `, make("a", { href }, way));
}

/** The page is the same without it, so it comes when the game is there, and may fail. */
async function bringMotion() {
  try {
    const { Motion } = await import("./motion.js");
    motion = new Motion(root, { hasPicture: true });
  } catch (error) {
    console.error(error);
    complain("The animations did not load. Everything else works.");
  }
}

render();
room.start().catch(() => {}); // the status, or the problem, has told it
bringMotion();
