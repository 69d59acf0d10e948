/** What is heard of the table: short sounds, made as they are needed. It depends on no other module, so that it may be missing. */

const LOUDNESS = 0.22;
const NOISE_SECONDS = 0.08;

/** Each sound as notes: the frequency in hertz, when it begins and how long it lasts, in seconds. */
const NOTES = {
  chips: [[2400, 0, 0.05], [3100, 0.045, 0.06]],
  turn: [[523, 0, 0.16], [784, 0.12, 0.24]],
  hurry: [[880, 0, 0.09], [880, 0.16, 0.09]],
  win: [[523, 0, 0.14], [659, 0.1, 0.14], [784, 0.2, 0.3]],
  even: [[523, 0, 0.18], [523, 0.16, 0.2]],
  loss: [[330, 0, 0.16], [262, 0.13, 0.28]],
};
const BEHIND_SECONDS = 0.4;
const CARD_EVERY_SECONDS = 0.11;

export class Sound {
  #context = new AudioContext();
  #loudness = this.#context.createGain();
  #noise = this.#makeNoise();
  #nextCard = 0;

  constructor() {
    this.#loudness.gain.value = LOUDNESS;
    this.#loudness.connect(this.#context.destination);
    // A browser lets nothing be heard before the visitor has done something on the page.
    for (const sign of ["pointerdown", "keydown"]) document.addEventListener(sign, () => this.#wake(), { capture: true });
    this.#wake();
  }

  /** A card is dealt; several that come at once are heard one after the other. */
  card() {
    const now = this.#context.currentTime;
    const at = Math.max(now, this.#nextCard);
    if (!this.#isHeard || at > now + 2) return;
    this.#nextCard = at + CARD_EVERY_SECONDS;
    const source = this.#context.createBufferSource();
    source.buffer = this.#noise;
    source.connect(this.#loudness);
    source.start(at);
  }

  /** Plays one of the sounds of notes: `chips`, `turn`, `hurry`, `win`, `even` or `loss`. */
  play(name) {
    if (!this.#isHeard) return;
    // After the cards that are still being heard.
    const now = this.#context.currentTime;
    const begin = Math.min(Math.max(now, this.#nextCard), now + BEHIND_SECONDS);
    for (const [hertz, after, lasts] of NOTES[name]) this.#note(hertz, begin + after, lasts);
  }

  /** Ends it for good. */
  close() {
    this.#context.close();
  }

  /** Without this, what happened before the first click would all be heard at once. */
  get #isHeard() {
    return this.#context.state === "running";
  }

  #wake() {
    if (this.#context.state === "suspended") this.#context.resume();
  }

  #note(hertz, at, lasts) {
    const [tone, envelope] = [this.#context.createOscillator(), this.#context.createGain()];
    tone.type = "triangle";
    tone.frequency.value = hertz;
    envelope.gain.setValueAtTime(0, at);
    envelope.gain.linearRampToValueAtTime(1, at + 0.012);
    envelope.gain.exponentialRampToValueAtTime(0.001, at + lasts);
    tone.connect(envelope).connect(this.#loudness);
    tone.start(at);
    tone.stop(at + lasts);
  }

  /** A card on felt: noise that dies away. */
  #makeNoise() {
    const { sampleRate } = this.#context;
    const buffer = this.#context.createBuffer(1, sampleRate * NOISE_SECONDS, sampleRate);
    const samples = buffer.getChannelData(0);
    let last = 0;
    for (let index = 0; index < samples.length; index += 1) {
      last = 0.6 * last + 0.4 * (Math.random() * 2 - 1);
      samples[index] = last * (1 - index / samples.length) ** 3;
    }
    return buffer;
  }
}
