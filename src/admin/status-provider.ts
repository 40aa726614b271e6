/** What the admin port tells of the process. */
export interface StatusProvider {
  /** Whether every source has synced and snapshots are being served; false again while draining. */
  ready(): boolean;
  /** The body of `/status`: plain data for JSON, without key material. */
  status(): unknown;
  /** The body of `/certificates`, likewise. */
  certificates(): unknown;
  /** Lets a deletion that is held back go; false if none has that token. */
  confirmDeletion(token: string): boolean;
}
