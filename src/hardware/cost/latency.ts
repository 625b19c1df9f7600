import { quantity, type Quantity } from "../../base/index.ts";
import type { CycleReport } from "../family/index.ts";

/**
 * Mean time of one inference: cycles over the clock. As strong as the clock: "estimated" before placement, "placed" after it; the
 * band of the clock becomes that of the time.
 */
export function deriveLatency({ sampleCycles }: CycleReport, clock: Quantity): Quantity {
  const samples = Math.max(1, sampleCycles.length);
  const total = sampleCycles.reduce((sum, cycles) => sum + cycles, 0);
  const cycles = total / samples;
  const band = clock.band === undefined ? undefined : { low: cycles / clock.band.high, high: cycles / clock.band.low };
  const source = `${total} cycles of ${samples} samples at ${(clock.value / 1e6).toFixed(1)} MHz, ${clock.source}`;
  return quantity(cycles / clock.value, "s", clock.kind, source, band);
}
