// The meeting of software and hardware choices: every trial is a software variant (shared between trials) on one hardware.

import { assertDefined, throwProblems } from "../../base/index.ts";
import { chooseTrial, runStudy, type Objective, type Space, type Study } from "../../exploration/index.ts";
import { deriveEnergy, estimateCells, profiles } from "../../hardware/cost/index.ts";
import { families, familyNames, weightStorages, type HardwareChoice } from "../../hardware/family/index.ts";
import { targetByName } from "../../hardware/target/index.ts";
import type { Config, ObjectiveName } from "../config.ts";
import { parseConstraint } from "../parse-config.ts";
import { numberChoice, runStage, type Session } from "../session.ts";
import { trainBase, tuneVariant, type BaseResult, type Data, type SoftwareResult } from "./software.ts";

/** What the report and the next stages need of a trial; the rest can be computed again. */
export interface TrialDetails {
  readonly stepCount: number;
  readonly weightBits: number;
  readonly sparsity: number;
  readonly choice: HardwareChoice;
  readonly meanCycles: number;
}

export interface Exploration {
  readonly study: Study<TrialDetails>;
  readonly chosenId: number;
  readonly reason: string;
}

/** Which way is better, by name. */
export const objectiveDirections: Readonly<Record<ObjectiveName, Objective["direction"]>> = {
  accuracy: "maximize",
  energy: "minimize",
  latency: "minimize",
  area: "minimize",
};

/** The designs that a document spans. */
export function spaceOf(config: Config): Space {
  const { explore } = config;
  const architectures = explore.family.flatMap((family) =>
    explore.weightStorage.filter((storage) => families[family].storages.includes(storage)).map((s) => `${family}/${s}`),
  );
  const ordinal = (name: string, values: readonly number[]): Space[number] => ({
    name,
    kind: "ordinal",
    values: [...new Set(values)],
  });
  return [
    ordinal("stepCount", explore.stepCount),
    ordinal("weightBits", explore.weightBits),
    ordinal("sparsity", explore.sparsity),
    ordinal("lanes", explore.lanes),
    ordinal("outputLanes", explore.outputLanes),
    { name: "architecture", kind: "categorical", values: [...new Set(architectures)] },
  ];
}

/** Train once per number of steps; the networks are shared by all designs. */
export async function trainBases(session: Session, data: Data): Promise<ReadonlyMap<number, BaseResult>> {
  const bases = new Map<number, BaseResult>();
  for (const stepCount of new Set(session.config.explore.stepCount)) {
    bases.set(stepCount, await trainBase(session, data, stepCount));
  }
  return bases;
}

/** Search the space and choose a design of the front. */
export async function explore(
  session: Session,
  data: Data,
  bases: ReadonlyMap<number, BaseResult>,
): Promise<Exploration> {
  const { config } = session;
  const objectives = config.objectives.map((name): Objective => ({ name, direction: objectiveDirections[name] }));
  const variants = new Map<string, Promise<SoftwareResult>>();
  return runStage(
    session,
    {
      name: "explore",
      version: 1,
      inputs: {
        data: data.hash,
        bases: [...bases.values()].map(({ network }) => network),
        explore: config.explore,
        tuning: config.tuning,
        training: config.training,
        numerics: config.numerics,
        objectives: config.objectives,
        constraints: config.constraints,
        choose: config.choose,
        target: config.target,
        seed: config.seed,
      },
      run: async (context) => {
        const study = await runStudy<TrialDetails>({
          space: spaceOf(config),
          objectives,
          bounds: config.constraints.map(parseConstraint),
          sampler: config.explore.sampler,
          trialCount: config.explore.designs,
          seed: config.seed,
          onProgress: context.onProgress,
          signal: context.signal,
          evaluate: async (values) => {
            const stepCount = numberChoice(values, "stepCount");
            const weightBits = numberChoice(values, "weightBits");
            const sparsity = numberChoice(values, "sparsity");
            const key = `${stepCount} ${weightBits} ${sparsity}`;
            const base = assertDefined(bases.get(stepCount), "base network");
            const variant = variants.get(key) ?? tuneVariant(session, data, base, { stepCount, weightBits, sparsity });
            variants.set(key, variant);
            return evaluateDesign(config, await variant, { stepCount, weightBits, sparsity }, values);
          },
        });
        const { trial, reason } = chooseTrial(study, objectives, config.choose);
        return { study, chosenId: trial.id, reason };
      },
    },
    ({ study, reason }) => {
      const infeasible = study.trials.filter(({ feasible }) => !feasible).length;
      const rejected = infeasible === 0 ? "" : `, ${infeasible} do not fit or break a constraint`;
      return `${study.trials.length} designs${rejected}; ${study.front.length} on the front; ${reason.split(":")[0]}`;
    },
  );
}

// ---------------------------------------------------------------------------------------------------------------------

function evaluateDesign(
  config: Config,
  software: SoftwareResult,
  variant: { readonly stepCount: number; readonly weightBits: number; readonly sparsity: number },
  values: Readonly<Record<string, string | number | boolean>>,
): { readonly objectives: Readonly<Record<ObjectiveName, number>>; readonly details: TrialDetails } {
  const target = targetByName(config.target);
  const choice = choiceOf(config, values);
  const family = families[choice.family];
  throwProblems(family.check(software.integer, choice, target), "not-met");
  const mapping = family.map(software.integer, choice, target);
  const { sampleCycles } = family.predict(mapping, software.trace);
  const meanCycles = sampleCycles.reduce((sum, cycles) => sum + cycles, 0) / sampleCycles.length;
  const energy = deriveEnergy(mapping, software.trace, assertDefined(profiles[0], "profile")).total.value;
  return {
    objectives: {
      accuracy: software.validationAccuracy,
      energy,
      latency: meanCycles / target.estimatedClock.value,
      area: estimateCells(mapping).value,
    },
    details: { ...variant, choice, meanCycles },
  };
}

function choiceOf(config: Config, values: Readonly<Record<string, string | number | boolean>>): HardwareChoice {
  const [family, weightStorage] = String(values["architecture"]).split("/");
  const lanes = numberChoice(values, "lanes");
  return {
    family: oneOf(familyNames, family),
    weightStorage: oneOf(weightStorages, weightStorage),
    lanes: [
      ...config.network.hidden.map((neuronCount) => Math.min(lanes, neuronCount)),
      numberChoice(values, "outputLanes"),
    ],
  };
}

function oneOf<T extends string>(names: readonly T[], value: string | undefined): T {
  return assertDefined(
    names.find((name) => name === value),
    "name of a design's architecture",
  );
}
