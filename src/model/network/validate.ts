import { throwProblems, type Problem } from "../../base/index.ts";
import { checkNeuronSpec, neuronOf, unreadable } from "../neuron/index.ts";
import { checkQuantizer, elementCount, type Quantizer, type Tensor } from "../tensor/index.ts";
import { checkDelays } from "./delays.ts";
import { delaysOf, layerColumns, layerFires, recurrentWeightsOf, synapseInputCount, type Layer } from "./layer.ts";
import { checkNormalization } from "./normalization.ts";
import { layerInputCount, readoutSources, type Network } from "./network.ts";
import { checkConvolution, checkInputPooling, gridText } from "./validate-conv.ts";

/** Everything wrong with a network: sizes, shapes, parameter ranges, values that are not numbers, unknown or duplicate names. */
export function checkNetwork(network: Network): Problem[] {
  const problems: Problem[] = [];
  const report = (code: string, path: string, message: string, hint?: string): void => {
    problems.push({ code, path, message, ...(hint === undefined ? {} : { hint }) });
  };
  if (!isCount(network.stepCount)) {
    report("network/step-count", "stepCount", `expected a whole number ≥ 1, got ${network.stepCount}`);
  }
  if (!isCount(network.inputCount)) {
    report("network/input-count", "inputCount", `expected a whole number ≥ 1, got ${network.inputCount}`);
  }
  problems.push(...checkReadout(network));
  if (network.layers.length === 0) report("network/no-layers", "layers", "a network needs at least one layer");
  const names = new Set<string>();
  network.layers.forEach((layer, index) => {
    const path = `layers[${index}] "${layer.name}"`;
    if (names.has(layer.name)) report("network/duplicate-name", path, "another layer has this name");
    names.add(layer.name);
    const below = network.layers[index - 1];
    problems.push(...checkLayer(layer, { arriving: layerInputCount(network, index), below }, path));
    if (!neverFires(layer)) return;
    if (index < network.layers.length - 1) {
      report("network/silent-layer", path, `a ${layer.neuron.model} never fires, so the next layer gets no input`);
    } else if (readoutSources[network.readout.kind] === "spikes") {
      report("network/silent-readout", path, `a ${layer.neuron.model} never fires`, 'use readout "membrane"');
    }
  });
  return problems;
}

/** @throws the first problem of `checkNetwork`, with all of them attached */
export function validateNetwork(network: Network): void {
  throwProblems(checkNetwork(network));
}

// ---------------------------------------------------------------------------------------------------------------------

function checkReadout({ readout: { kind, neuronsPerClass = 1 }, layers }: Network): Problem[] {
  const problems: Problem[] = [];
  if (!Object.hasOwn(readoutSources, kind)) {
    const message = `no readout is called "${kind}"; known: ${Object.keys(readoutSources).join(", ")}`;
    problems.push({ code: "network/unknown-readout", path: "readout", message });
  }
  const outputs = layers.at(-1)?.neuronCount ?? neuronsPerClass;
  if (!isCount(neuronsPerClass) || outputs % neuronsPerClass !== 0) {
    const message = `expected a whole number that divides the ${outputs} neurons of the last layer, got ${neuronsPerClass}`;
    problems.push({ code: "network/neurons-per-class", path: "readout.neuronsPerClass", message });
  }
  return problems;
}

/** Whether a layer is known to be silent; what an unknown model does, nobody knows. */
function neverFires(layer: Layer): boolean {
  const unknown = checkNeuronSpec(layer.neuron, "").some(({ code }) => unreadable.has(code));
  return !unknown && !layerFires(layer);
}

/** What a layer gets: so many spikes, from the layer below if there is one. */
interface Arriving {
  readonly arriving: number;
  readonly below: Layer | undefined;
}

function checkLayer(layer: Layer, source: Arriving, path: string): Problem[] {
  const problems: Problem[] = [];
  if (!isCount(layer.neuronCount)) {
    problems.push({
      code: "network/neuron-count",
      path,
      message: `expected a whole number of neurons ≥ 1, got ${layer.neuronCount}`,
    });
  }
  problems.push(...checkSynapses(layer, source, path));
  problems.push(...checkNeuronSpec(layer.neuron, `${path}.neuron`), ...checkNeuronParameters(layer, path));
  problems.push(...checkNormalization(layer, path));
  const own = layer.kind === "dense" ? layer.recurrentQuantizer : undefined;
  problems.push(...checkGrid(layer, layer.quantizer, `${path}.quantizer`));
  problems.push(...checkGrid(layer, own, `${path}.recurrentQuantizer`));
  return problems;
}

function checkGrid(layer: Layer, quantizer: Quantizer | undefined, path: string): Problem[] {
  if (quantizer === undefined) return [];
  const { channelScales } = quantizer;
  const columns = layerColumns(layer);
  if (channelScales === undefined || channelScales.length === columns) return checkQuantizer(quantizer, path);
  const message = `expected ${columns} scales of channels, got ${channelScales.length}`;
  return [{ code: "network/shape-mismatch", path, message }];
}

function checkNeuronParameters({ neuron, neuronCount, neuronParameters = {} }: Layer, path: string): Problem[] {
  if (checkNeuronSpec(neuron, "").some(({ code }) => unreadable.has(code))) return [];
  const { parameters } = neuronOf(neuron);
  return Object.entries(neuronParameters).flatMap(([name, values]): Problem[] => {
    const here = `${path}.neuronParameters.${name}`;
    const range = Object.hasOwn(parameters, name) ? parameters[name]?.range : undefined;
    if (range === undefined) {
      const message = `${neuron.model} has no parameter "${name}"; it has ${Object.keys(parameters).join(", ")}`;
      return [{ code: "neuron/unknown-parameter", path: here, message }];
    }
    const problems = checkTensor(values, [neuronCount], here);
    if (problems.length > 0) return problems;
    // Bounds are compared as the 32-bit numbers that learning keeps values between.
    const [low, high] = [Math.fround(range.low), Math.fround(range.high)];
    const bad = values.data.findIndex((value) => value < low || value > high);
    if (bad < 0) return [];
    const message = `expected ${range.low}…${range.high}, got ${values.data[bad]} for neuron ${bad}`;
    return [{ code: "neuron/parameter-range", path: here, message }];
  });
}

function checkSynapses(layer: Layer, { arriving, below }: Arriving, path: string): Problem[] {
  const { inputPooling, weights, bias, neuronCount } = layer;
  if (inputPooling !== undefined) {
    const problems = checkInputPooling(inputPooling, arriving, `${path}.inputPooling`);
    if (problems.length > 0) return problems;
  }
  const delays = delaysOf(layer);
  if (delays !== undefined) {
    const problems = checkDelays(delays, arriving, `${path}.delays`);
    if (problems.length > 0) return problems;
    if (inputPooling !== undefined) {
      const message = "spikes are either pooled or delayed; put a layer between";
      return [{ code: "network/delays", path: `${path}.delays`, message }];
    }
  }
  const inputCount = synapseInputCount(layer, arriving);
  if (layer.kind === "conv") {
    const problems = checkConvolution(layer, inputCount, path);
    if (problems.length > 0) return problems;
  }
  const grid = inputPooling?.grid ?? (layer.kind === "conv" ? layer.input : undefined);
  if (below?.kind === "conv" && grid !== undefined && gridText(grid) !== gridText(below.output)) {
    const message = `it sees its input as ${gridText(grid)}, but "${below.name}" puts out ${gridText(below.output)}`;
    return [{ code: "network/shape-mismatch", path, message }];
  }
  const problems = checkTensor(
    weights,
    layer.kind === "conv" ? weights.shape : [inputCount, neuronCount],
    `${path}.weights`,
  );
  const biasCount = layer.kind === "conv" ? layer.output.channels : neuronCount;
  if (bias !== undefined) problems.push(...checkTensor(bias, [biasCount], `${path}.bias`));
  const recurrentWeights = recurrentWeightsOf(layer);
  if (recurrentWeights === undefined) return problems;
  return [...problems, ...checkTensor(recurrentWeights, [neuronCount, neuronCount], `${path}.recurrentWeights`)];
}

function checkTensor(values: Tensor, expected: readonly number[], path: string): Problem[] {
  const same = values.shape.length === expected.length && values.shape.every((size, i) => size === expected[i]);
  if (!same || values.data.length !== elementCount(expected)) {
    const message = `expected shape [${expected.join(", ")}], got [${values.shape.join(", ")}] with ${values.data.length} values`;
    return [{ code: "network/shape-mismatch", path, message }];
  }
  const bad = values.data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return [];
  return [{ code: "network/not-finite", path, message: `value ${bad} is ${values.data[bad]}` }];
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
