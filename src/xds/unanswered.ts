/** What so many clients answer may arrive in one turn of the event loop, which then takes some tens of milliseconds. */
const MOST = 256;
/** A client that takes longer, in ticks, is not waited for. */
const HOLD_TICKS = 2;
const TICK_MS = 10;

/**
 * Those who were sent something and have not answered yet. A thousand Envoys that are all told of a change would otherwise acknowledge it
 * all at once, and Node reads everything that has arrived in one turn of the event loop. While there are many, nobody else is sent
 * anything; who does not answer soon does not count.
 */
export class Unanswered<Client> {
  readonly #onRoom: () => void;
  /** Since which tick, oldest first. */
  readonly #since = new Map<Client, number>();
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  get hasRoom(): boolean {
    return this.#since.size < MOST;
  }

  sent(client: Client): void {
    this.#since.delete(client);
    this.#since.set(client, this.#ticks);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** It has said something, or is gone. */
  answered(client: Client): void {
    if (this.#since.delete(client) && this.#since.size === MOST - 1) this.#onRoom();
  }

  #tick(): void {
    this.#ticks += 1;
    for (const [client, since] of this.#since) {
      if (this.#ticks - since < HOLD_TICKS) break;
      this.#since.delete(client);
    }
    if (this.#since.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    if (this.hasRoom) this.#onRoom();
  }
}
