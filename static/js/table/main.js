/** The table page: a connection, a model of what it tells, and the parts of the page that show it. */
import { Room } from "../cardsharp.js";
import { ServerClock } from "../clock.js";
import { showConnection } from "../connection_status.js";
import { make, part, setText } from "../dom.js";
import { format, fromWire, toWire } from "../money.js";
import { BetForm } from "./bet_form.js";
import { Countdown } from "./countdown.js";
import { Extras } from "./extras.js";
import { showDailyChips } from "./daily_chips.js";
import { listenToSeedForm, showShoe } from "./fairness.js";
import { showFelt } from "./felt.js";
import { JoinForm } from "./join_form.js";
import { listenForKeys } from "./keys.js";
import { TableModel } from "./model.js";
import { Motion } from "./motion.js";
import { MovePanels } from "./move_panels.js";
import { promptFor } from "./prompt.js";
import { SeatMenu } from "./seat_menu.js";
import { SeatSwitch } from "./seat_switch.js";
import { Story } from "./story.js";

const LOST = "The connection is lost. The table goes on; trying to come back …";
const CHANGES_WALLET = new Set(["join_table", "leave_table", "add_chips"]);

const root = document.getElementById("table");
const controls = part(root, "controls");
const model = new TableModel(JSON.parse(root.dataset.state), root.dataset.playerId, Number(root.dataset.seatsPerPlayer), "member" in root.dataset);
const motion = new Motion(root);
const clock = new ServerClock();
const story = new Story(root);
const countdown = new Countdown(part(root, "countdown"), clock, (seconds) => story.say(`${seconds} seconds left.`));
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
const extras = new Extras(root, { room, model, story, complain });
const panels = root.dataset.playerId ? openPanels() : null;
let isBusy = false;
let isOver = false;
let shownRequest = null;
let walletCents = null;

function openPanels() {
  const doors = { act, complain, bet, play, join: (data) => act("join_table", data) };
  listenForKeys(controls, part(root, "keys-on"));
  listenToSeedForm(root, (seed) => actEach("set_client_seed", model.ownSeats.map(({ seat }) => ({ seat, client_seed: seed }))));
  return {
    join: new JoinForm(controls, part(root, "seats"), doors),
    seats: new SeatSwitch(controls, model, render),
    bet: new BetForm(part(controls, "bet"), model, doors),
    moves: new MovePanels(controls, doors),
    menu: new SeatMenu(controls, model, doors),
  };
}

function render() {
  const request = model.request;
  const focused = document.activeElement;
  showFelt(root, model, motion);
  showShoe(root, model);
  setText(part(root, "prompt"), isLost() ? LOST : promptFor(model));
  countdown.show(isLive() && model.state.phase !== "waiting" ? model.deadline : null, request !== null);
  root.toggleAttribute("data-asked", request !== null);
  extras.show(request);
  if (!panels) return;
  panels.join.show(model);
  panels.seats.show();
  panels.bet.show(request?.valid_actions.includes("BET") ? request : null);
  panels.moves.show(request, model);
  panels.menu.show();
  showDailyChips(part(controls, "daily-chips"), model, walletCents);
  showAskedHand(request);
  // A button that has just been disabled or hidden takes the keyboard with it; the controls keep it in place.
  if (controls.contains(focused) && (focused.disabled || focused.closest("[hidden]"))) controls.focus({ preventScroll: true });
}

/** Where several hands need more room than a phone has, the one that is asked comes into sight, once. */
function showAskedHand(request) {
  if (request === shownRequest) return;
  shownRequest = request;
  if (request?.hand_id) root.querySelector(".hand[data-active]")?.scrollIntoView({ block: "nearest" });
}

function hear(event) {
  const isOwn = model.isOwn(event.data);
  model.hear(event);
  extras.hear(event);
  story.tell(event, { isOwn, isOfSeveral: model.playsSeveral(event.data) });
  if (isOwn && event.event_type === "PLAYER_LEFT") refreshWallet();
  if (event.event_type !== "TABLE_STATE") return;
  story.flush();
  render();
}

/** Makes a move: the answer to what the table asks and to nothing else, even where the message arrives late. */
function play(data) {
  const { request_id: requestId, seat } = model.request ?? {};
  return act("player_action", { ...data, request_id: requestId, seat });
}

/**
 * Bets on each of the seats. Another bet replaces the first without naming the request: an amount that was its answer
 * once already would pass for a repetition and change nothing.
 */
function bet(bets) {
  const hasBet = (number) => model.ownSeats.some((own) => own.seat === number && own.bet);
  const requestId = (number) => (hasBet(number) ? undefined : model.requestOf(number)?.request_id);
  return actEach("place_bet", bets.map(({ seat, cents }) => ({ seat, amount: toWire(cents), request_id: requestId(seat) })));
}

function act(action, data) {
  return actEach(action, [data]);
}

/**
 * Takes an action once for each of `datas`; whether the table agreed to all. An impatient second click does nothing, and
 * what is clicked without a connection is not kept for later.
 */
async function actEach(action, datas) {
  if (isBusy) return false;
  if (!isLive()) {
    complain("There is no connection just now. What the table shows when it is back is what counts.");
    return false;
  }
  isBusy = true;
  setText(part(root, "problem"), "");
  try {
    for (const data of datas) await room.act(action, data);
    setText(part(root, "problem"), ""); // what had to wait for the server is done
    if (CHANGES_WALLET.has(action)) refreshWallet();
    return true;
  } catch (refusal) {
    complain(refusal.message);
    return false;
  } finally {
    isBusy = false;
  }
}

function refreshWallet() {
  room.refreshSession().catch((refusal) => complain(refusal.message));
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

render();
room.start().catch(() => {}); // the status, or the problem, has told it
