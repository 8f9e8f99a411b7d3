// What a lease is, however the system keeps it.

/** Ours until disposed of or until this process ends. */
export interface Lease extends Disposable {
  readonly name: string;
}
