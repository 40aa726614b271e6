/** A pseudo-random generator with a seed, so that a failure can be repeated (Lehmer's, modulus 2^31 - 1). */
export class Randomness {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(bound: number): number {
    this.#state = (this.#state * 48_271) % 0x7fff_ffff;
    return this.#state % bound;
  }
}

/** The bytes with one or two of them flipped, replaced, inserted, dropped or copied from elsewhere. */
export function mutate(bytes: Buffer, random: Randomness): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + random.below(2); times > 0; times -= 1) {
    const at = random.below(result.length);
    switch (random.below(5)) {
      case 0:
        result[at] = (result[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        result[at] = random.below(256);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
        break;
      case 3:
        result = Buffer.concat([result.subarray(0, at), Buffer.of(random.below(256)), result.subarray(at)]);
        break;
      default:
        result[at] = result[random.below(result.length)] ?? 0;
    }
  }
  return result;
}
