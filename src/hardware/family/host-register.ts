/** An event of the host: the address of a spike, or the end of a step. */
export type HostToken = number | "end";

/**
 * What `hdl/host_port.sv` and `hdl/spike_register.sv` do together, cycle by cycle: events of a step are taken one per cycle until
 * the vector is whole; the next ones wait until it is taken. The host is always ready.
 */
export class HostRegister {
  readonly #tokens: HostToken[];
  #visible = false;
  #full = false;
  #taken = false;

  constructor(tokens: readonly HostToken[]) {
    this.#tokens = [...tokens].reverse();
  }

  /** A whole step waits. */
  get full(): boolean {
    return this.#full;
  }

  take(): void {
    this.#taken = true;
  }

  /** The clock edge. */
  clock(): void {
    if (this.#full) this.#full = !this.#taken;
    else if (this.#visible) this.#full = this.#tokens.pop() === "end";
    this.#taken = false;
    this.#visible = true;
  }
}
