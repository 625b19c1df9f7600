import { assertDefined, hashValue } from "../../base/index.ts";
import { wasmBackendOn } from "../../compute/index.ts";
import { lowerNetwork, runGoldenFast } from "../../hardware/golden/index.ts";
import { evaluateNetwork, train, type TrainingOptions } from "../../learning/index.ts";
import { accuracyOf } from "../../model/encoding/index.ts";
import type { Network } from "../../model/network/index.ts";
import type { SpikeTrain } from "../../model/tensor/index.ts";
import { runStage, type Session } from "../session.ts";
import { batchOptions, encodeSpikes, percent, tuningOptions, type BaseResult, type Data } from "../stages/software.ts";
import { countRegime, floatStorage, integerStorage, type RegimeCounts, type RegimeStorage } from "./measure.ts";
import { phasesOf, type RegimeChoice, type RegimePhase } from "./plan.ts";

/** One compressed network, judged on the test split. */
export interface RegimePoint extends RegimeChoice, RegimeCounts, RegimeStorage {
  readonly seed: number;
  /** Of fine-tuning, all phases together. */
  readonly epochs: number;
  /** By the golden model; by floats for `float`. */
  readonly accuracy: number;
}

/** The network that the others start from. */
export async function floatPoint(session: Session, data: Data, { network }: BaseResult): Promise<RegimePoint> {
  const { config, platform } = session;
  const { dataset } = data;
  const batch = batchOptions(config, network.stepCount);
  const backend = wasmBackendOn(platform.threads);
  const judged = await evaluateNetwork({ network, dataset, split: dataset.test, batch, backend, keepSpikes: true });
  const layers = assertDefined(judged.layers, "spikes");
  return {
    regime: "float",
    weightBits: undefined,
    sparsity: 0,
    seed: config.seed,
    epochs: 0,
    accuracy: judged.accuracy,
    ...countRegime(network, { input: { kind: "spikes", spikes: testSpikes(session, data, network) }, layers }),
    ...floatStorage(network),
  };
}

/** Fine-tune as a point asks, and measure; a later run reuses it. */
export function compressedPoint(
  session: Session,
  data: Data,
  base: BaseResult,
  choice: RegimeChoice,
): Promise<RegimePoint> {
  const { config } = session;
  const { regime, weightBits, sparsity } = choice;
  const { seed, tuning, training, numerics } = config;
  const phases = phasesOf(choice, tuning.epochs);
  return runStage(
    session,
    {
      name: `${regime}, ${weightBits ?? 32} bit, sparsity ${sparsity}, seed ${seed}`,
      version: 2,
      inputs: { base: hashValue(base.network), data: data.hash, tuning, training, numerics, ...choice, phases },
      run: async (): Promise<RegimePoint> => {
        let network = base.network;
        for (const phase of phases) network = await tune(session, data, network, phase);
        const integer = lowerNetwork(network, numerics);
        const trace = runGoldenFast(integer, testSpikes(session, data, network));
        return {
          ...choice,
          seed,
          epochs: phases.reduce((sum, phase) => sum + phase.epochs, 0),
          accuracy: accuracyOf(trace.decisions, data.dataset.test.labels),
          ...countRegime(network, { input: { kind: "spikes", spikes: trace.input }, layers: trace.layers }),
          ...integerStorage(integer, trace),
        };
      },
    },
    ({ accuracy, connectionSparsity }) => `${percent(accuracy)}, ${percent(connectionSparsity)} zeros`,
  );
}

// ---------------------------------------------------------------------------------------------------------------------

async function tune(session: Session, { dataset }: Data, network: Network, phase: RegimePhase): Promise<Network> {
  const { config, platform, signal } = session;
  const training: TrainingOptions = {
    ...tuningOptions(config, phase.sparsity),
    epochs: phase.epochs,
    ...(phase.weightBits === undefined ? {} : { weightBits: phase.weightBits }),
    ...(phase.keepZeros ? { keepZeros: true } : {}),
  };
  const batch = batchOptions(config, network.stepCount);
  return (await train({ network, dataset, batch, backend: wasmBackendOn(platform.threads), training, signal })).network;
}

function testSpikes({ config }: Session, { dataset }: Data, { stepCount }: Network): SpikeTrain {
  const indices = Uint32Array.from({ length: dataset.test.sampleCount }, (_, i) => i);
  return encodeSpikes(dataset, dataset.test, indices, batchOptions(config, stepCount));
}
