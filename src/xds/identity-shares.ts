/** How many streams each identity has open, so that one can't take them all. */
export class IdentityShares {
  readonly #limit: number;
  readonly #open = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Without TLS there are no identities, and no shares. */
  isUsedUp(identity: string | undefined): boolean {
    return identity !== undefined && (this.#open.get(identity) ?? 0) >= this.#limit;
  }

  /** Returns what gives it back. */
  take(identity: string | undefined): () => void {
    if (identity === undefined) return () => {};
    this.#add(identity, 1);
    return () => this.#add(identity, -1);
  }

  #add(identity: string, change: number): void {
    const open = (this.#open.get(identity) ?? 0) + change;
    if (open <= 0) this.#open.delete(identity);
    else this.#open.set(identity, open);
  }
}
