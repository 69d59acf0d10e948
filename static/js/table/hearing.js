/** What of a table is heard, by whom: nothing until the preference `sound` is on, and then as little as tells. */
import { setAttribute } from "../dom.js";
import { fromWire } from "../money.js";
import { followPreference, prefer, preferred } from "../preference.js";

export class Hearing {
  #button;
  #model;
  #complain;
  #sound = null;
  #loading = null;

  /** The button turns it on and off; `complain(sentence)` where it cannot be had. */
  constructor(button, model, complain) {
    this.#button = button;
    this.#model = model;
    this.#complain = complain;
    button.addEventListener("click", () => prefer("sound", preferred("sound") === "on" ? "off" : "on"));
    followPreference("sound", (choice) => this.#turn(choice === "on"));
  }

  hear({ event_type: type, data }) {
    if (!this.#sound) return;
    if (type === "CARD_DEALT" || type === "CARD_REVEALED") this.#sound.card();
    if (type === "PLAYER_BET") this.#sound.play("chips");
    if (type === "ROUND_ENDED") this.#end(data.results);
    const isQuestion = type === "PLAYER_DECISION_NEEDED" || type === "INSURANCE_OFFERED";
    if (isQuestion && this.#model.isOwn(data)) this.#sound.play("turn");
  }

  /** Time runs short. */
  hurry() {
    this.#sound?.play("hurry");
  }

  /** What the round brought, where the viewer had a part in it. */
  #end(results) {
    const own = results.filter((result) => this.#model.isOwn(result));
    if (!own.length) return;
    const cents = own.reduce((sum, { net }) => sum + fromWire(net), 0);
    this.#sound.play(cents > 0 ? "win" : cents < 0 ? "loss" : "even");
  }

  async #turn(isOn) {
    setAttribute(this.#button, "aria-pressed", String(isOn));
    if (!isOn) {
      this.#sound?.close();
      this.#sound = null;
      return;
    }
    if (this.#sound || this.#loading) return;
    this.#loading = import("./sound.js");
    try {
      const { Sound } = await this.#loading;
      if (preferred("sound") === "on") this.#sound = new Sound();
    } catch (error) {
      console.error(error);
      this.#complain("The sounds did not load. Everything else works; load the page again to hear the table.");
    } finally {
      this.#loading = null;
    }
  }
}
