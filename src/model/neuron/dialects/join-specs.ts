import { assertDefined, UserError } from "../../../base/index.ts";
import { neuronSpec, type NeuronSpec } from "../spec.ts";

/** The neurons of a layer: one spec, and by name the parameters that differ. Shape [neuron]. */
export interface JoinedSpecs {
  readonly neuron: NeuronSpec;
  readonly neuronParameters?: Readonly<Record<string, Float32Array>>;
}

/**
 * Many neurons of one model and reset as one layer's.
 * @throws `dialect/differing-neurons` when they are not
 */
export function joinSpecs(specs: readonly NeuronSpec[]): JoinedSpecs {
  const isScaled = specs.some(({ variant }) => variant?.isScaled === true);
  const alike = specs.map((spec) => (isScaled ? scaled(spec) : spec));
  const first = assertDefined(alike[0], "a neuron");
  const kind = ({ model, reset, variant }: NeuronSpec): string => JSON.stringify([model, reset, variant]);
  if (alike.some((spec) => kind(spec) !== kind(first))) {
    throw new UserError(
      "dialect/differing-neurons",
      "neurons of one layer differ in how they fire or reset; a layer has one reset, for example one v_reset",
      { exit: "unsupported" },
    );
  }
  const differing = Object.keys(first.parameters).filter((name) =>
    alike.some(({ parameters }) => parameters[name] !== first.parameters[name]),
  );
  if (differing.length === 0) return { neuron: first };
  const own = differing.map((name) => [
    name,
    Float32Array.from(alike, ({ parameters }) => assertDefined(parameters[name], name)),
  ]);
  return { neuron: first, neuronParameters: Object.fromEntries(own) as Record<string, Float32Array> };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The same neuron with its gain of 1 written out. */
function scaled({ model, parameters, reset, variant }: NeuronSpec): NeuronSpec {
  if (variant?.isScaled === true) return { model, parameters, reset, variant };
  return neuronSpec(model, parameters, reset, { ...variant, isScaled: true });
}
