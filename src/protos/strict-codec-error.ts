/** A message that would not mean what its author wrote: a bug of ours. Names fields and types, never values. */
export class StrictCodecError extends Error {
  override readonly name = 'StrictCodecError';

  /** Full name of the message that was given to the codec. */
  readonly messageName: string;
  /** Where in it, such as `virtual_hosts[0].routes[2].match`; empty for the message itself. */
  readonly path: string;

  constructor(messageName: string, path: string, problem: string) {
    super(`${messageName}${path === '' ? '' : ` at ${path}`}: ${problem}`);
    this.messageName = messageName;
    this.path = path;
  }
}
