// Parameters of a file, watched: what nobody reads may change the result, so it is refused by name rather than passed over.
import { UserError } from "../../src/base/index.ts";

/** Parameters as the file has them. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Parameters that change no forward pass, whatever they are. */
const harmless: ReadonlySet<string> = new Set([
  ...["learn_alpha", "learn_beta", "learn_threshold", "learn_recurrent", "learn_V", "learn_graded_spikes_factor"],
  ...["spike_grad", "surrogate_disable", "init_hidden", "output", "linear_features", "conv2d_channels", "kernel_size"],
  ...["surrogate_function", "detach_reset", "step_mode", "backend", "store_v_seq", "T", "shape", "bypass"],
]);

/** Parameters that change nothing at these values. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  inhibition: [false, 0],
  state_quant: [false],
  reset_delay: [true],
  graded_spikes_factor: [1],
  w_rest: [0],
  all_to_all: [true],
};

/**
 * What `build` makes of parameters.
 * @throws `vectors/parameter` naming a parameter that it did not read
 */
export function readAll<Result>(where: string, params: Parameters, build: (params: Parameters) => Result): Result {
  const seen = new Set<string>();
  const watched = new Proxy(params, {
    get: (target, name) => {
      seen.add(String(name));
      return Reflect.get(target, name) as unknown;
    },
    has: (target, name) => {
      seen.add(String(name));
      return Reflect.has(target, name);
    },
  });
  const result = build(watched);
  for (const [name, value] of Object.entries(params)) {
    const isNothing = value === undefined || value === null || neutral[name]?.includes(value) === true;
    if (seen.has(name) || harmless.has(name) || isNothing) continue;
    throw new UserError("vectors/parameter", `${where}: ${name} = ${JSON.stringify(value)} is not known here`);
  }
  return result;
}

/** A number of a file. @throws `vectors/parameter` */
export function numberOf(value: unknown, name = "a parameter"): number {
  if (typeof value === "number") return value;
  throw new UserError("vectors/parameter", `${name}: expected a number, got ${JSON.stringify(value)}`);
}
