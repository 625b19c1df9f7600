import { suggestName, type Problem } from "../../base/index.ts";
import { neuronModels, type NeuronModelName, type Reset, type Variant } from "./models/index.ts";
import type { Neuron } from "./neuron.ts";

/** What a choice allows: words, the canonical one first, or numbers. */
type Allowed =
  | { readonly words: readonly (string | boolean)[] }
  | { readonly from: number; readonly to: number }
  | { readonly levels: number };

const flag: Allowed = { words: [false, true] };

/** Every choice of a variant; files may hold anything. */
const allowed: { readonly [Key in keyof Variant]-?: Allowed } = {
  fires: { words: ["above", "atLeast"] },
  timing: { words: ["sameStep", "nextStep", "undelayed", "spikeFirst"] },
  resetOf: { words: ["charged", "kept"] },
  spikes: { words: ["one", "many"] },
  mostSpikes: { from: 1, to: 1e6 },
  isBounded: flag,
  isGraded: flag,
  isScaled: flag,
  levels: { levels: 4096 },
  isSelfConnected: flag,
  input: { words: ["scaled", "whole"] },
  current: { words: ["decaysFirst", "decaysTogether"] },
  isRescaled: flag,
  startsHalfway: flag,
  taps: { from: 1, to: 64 },
};

/** Choices that a variant does not have, and values that they do not allow. */
export function checkVariant(variant: Readonly<Record<string, unknown>>, path: string): Problem[] {
  return Object.entries(variant).flatMap(([key, value]): Problem[] => {
    const here = `${path}.${key}`;
    if (!Object.hasOwn(allowed, key)) {
      const message = `a variant has no choice "${key}"; ${suggestName(key, Object.keys(allowed))}`;
      return [{ code: "neuron/unknown-variant", path: here, message }];
    }
    const wrong = wrongValue(allowed[key as keyof Variant], value);
    return wrong === undefined ? [] : [{ code: "neuron/variant-value", path: here, message: wrong }];
  });
}

/** Choices that a model does not listen to: its neuron is the same without them. */
export function checkHeard(model: NeuronModelName, reset: Reset, variant: Variant, path: string): Problem[] {
  const whole = neuronModels[model](reset, variant);
  return (Object.keys(variant) as (keyof Variant)[]).flatMap((key): Problem[] => {
    const choice = allowed[key];
    if ("words" in choice && variant[key] === choice.words[0]) return [];
    const { [key]: _left, ...rest } = variant;
    if (!isSame(whole, neuronModels[model](reset, rest))) return [];
    const message = `${model} does not depend on "${key}"; leave it out`;
    return [{ code: "neuron/idle-variant", path: `${path}.${key}`, message }];
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function wrongValue(choice: Allowed, value: unknown): string | undefined {
  const got = `got ${JSON.stringify(value)}`;
  if ("words" in choice) {
    const known = choice.words.map((word) => JSON.stringify(word)).join(" or ");
    return choice.words.includes(value as string | boolean) ? undefined : `expected ${known}, ${got}`;
  }
  if ("from" in choice) {
    const isRight = Number.isInteger(value) && Number(value) >= choice.from && Number(value) <= choice.to;
    return isRight ? undefined : `expected a whole number in ${choice.from}…${choice.to}, ${got}`;
  }
  const levels: readonly unknown[] = Array.isArray(value) ? value : [];
  const isRising = levels.every((x, i) => Number.isFinite(x) && (i === 0 || Number(x) > Number(levels[i - 1])));
  if (levels.length > 0 && levels.length <= choice.levels && isRising) return undefined;
  return `expected up to ${choice.levels} rising numbers, got ${levels.length} that are not`;
}

/** Expressions are interned: what means the same is the same. */
function isSame(a: Neuron, b: Neuron): boolean {
  const names = (neuron: Neuron): string => [...neuron.state, ...Object.keys(neuron.parameters)].join();
  const parts = (neuron: Neuron): readonly unknown[] => [
    ...[neuron.spike, neuron.learned?.spike, ...Object.values(neuron.next), ...Object.values(neuron.initial ?? {})],
    ...Object.values(neuron.learned?.next ?? {}),
  ];
  const [one, other] = [parts(a), parts(b)];
  return names(a) === names(b) && one.length === other.length && one.every((part, i) => part === other[i]);
}
