/** What is known of a word that another renews: when its newest form was first seen, by our own clock. Clocks of others are not compared with it. */
export interface Sighting {
  readonly word: string;
  readonly seenMs: number;
}

export function sighted(word: string, before: Sighting | undefined, nowMs: number): Sighting {
  return before?.word === word ? before : { word, seenMs: nowMs };
}
