import type { Problem, QuantityKind } from "../base/index.ts";
import { fastestLanes, findRemedies, judgeFit, type Candidate, type Remedy } from "../hardware/cost/index.ts";
import { blocksUsed, type HardwareChoice } from "../hardware/family/index.ts";
import type { IntegerNetwork } from "../hardware/golden/index.ts";
import { targetByName, type Target } from "../hardware/target/index.ts";
import type { Platform } from "../platform/index.ts";
import { integerOf, loadModel } from "./model-file.ts";

/** Choices of hardware; without lanes, the fastest that fit. */
export type HardwareWish = Omit<HardwareChoice, "lanes"> & Partial<Pick<HardwareChoice, "lanes">>;

export interface FitResult {
  readonly problems: readonly Problem[];
  /** Each of them fits, the smallest change first; none when it fits as it is, or when nothing that was tried helps. */
  readonly remedies: readonly Omit<Remedy, "candidate">[];
  readonly lanes: readonly number[];
  /** Whether the lanes were chosen here, with every neuron firing in every step. */
  readonly areLanesChosen: boolean;
  /** What cannot be said before synthesis. */
  readonly unknown: readonly string[];
  readonly resources: readonly {
    readonly resource: string;
    readonly used: number;
    readonly limit: number;
    readonly kind: QuantityKind;
  }[];
  /** Measured, from the opening of the file to the answer. */
  readonly milliseconds: number;
}

/** Whether a model fits a target and, when it does not, what makes it fit. */
export async function fitModel(
  { files, clock }: Pick<Platform, "files" | "clock">,
  file: string,
  wish: HardwareWish,
  targetName: string,
): Promise<FitResult> {
  const from = clock.monotonic();
  const target = targetByName(targetName);
  const network = integerOf(await loadModel(files, file));
  const choice = completeChoice(network, wish, target);
  const candidate: Candidate = { network, choice, target };
  const { problems, cells, mapping } = judgeFit(candidate);
  const remedies = problems.length === 0 ? [] : findRemedies(candidate);
  const memories = mapping?.layers.map((layer) => layer.memories) ?? [];
  const { logicCells, blockRams, singlePortRams } = target.limits;
  const rams = [
    { resource: "block RAMs", used: blocksUsed(memories, "block-ram"), limit: blockRams.value },
    { resource: "single-port RAMs", used: blocksUsed(memories, "single-port-ram"), limit: singlePortRams.value },
  ];
  const logic = cells === undefined ? [] : [{ resource: "logic cells", used: cells, limit: logicCells.value }];
  return {
    problems,
    remedies: remedies.map(({ kind, before, flags, measureAgain, cells: about }) => ({
      kind,
      before,
      flags,
      measureAgain,
      cells: about,
    })),
    lanes: choice.lanes,
    areLanesChosen: wish.lanes === undefined,
    unknown:
      mapping !== undefined && cells === undefined
        ? [
            `logic cells: not estimated for family "${choice.family}"${choice.protection === undefined ? "" : " with protection"}, synthesize to know`,
          ]
        : [],
    resources: [...logic, ...(mapping === undefined ? [] : rams)].map((one) => ({
      ...one,
      kind: "estimated" as const,
    })),
    milliseconds: clock.monotonic() - from,
  };
}

/** The choice with lanes: those wished for, else the fastest that fit, else one in each layer. */
export function completeChoice(network: IntegerNetwork, wish: HardwareWish, target: Target): HardwareChoice {
  const lanes = wish.lanes ?? fastestLanes(network, wish, target) ?? network.layers.map(() => 1);
  return { ...wish, lanes };
}
