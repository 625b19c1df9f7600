import { assertDefined, UserError } from "../../base/index.ts";
import type { EventRecording } from "../../model/encoding/index.ts";
import type { Dataset, Split } from "./dataset.ts";
import { readNpz } from "./npz.ts";

/** A sensor sends an event when its value moved so far from the last one that it sent. */
const eventDistance = 4;
/** The file gives no times; steps of a network divide a recording into equal parts, so only their order matters. */
const microsecondsPerReading = 1000;
/** Repetitions of a letter; every fifth one tests. */
const testEvery = 5;

/**
 * Braille letters under a tactile fingertip: 12 sensors over time, as events of both signs, 27 classes.
 * @throws `data/braille-shape`, and what `readNpz` throws
 */
export function readBraille(bytes: Uint8Array, path: string): Dataset {
  const { X: readings, y: letters, rep: repetitions, length: lengths } = readNpz(bytes, path);
  const [count = 0, steps = 0, sensors = 0] = readings?.shape ?? [];
  const fits = [letters, repetitions, lengths].every((array) => array?.shape.length === 1 && array.shape[0] === count);
  if (readings?.shape.length !== 3 || count < testEvery || !fits || (letters?.data.some((y) => y > 26) ?? true)) {
    const message = `${path}: expected readings X (sample, time, sensor) with y 0…26, rep and length for each sample`;
    throw new UserError("data/braille-shape", message, { path });
  }
  const split = (isTest: boolean): Split => {
    const chosen = Array.from({ length: count }, (_, i) => i).filter(
      (i) => ((repetitions?.data[i] ?? 0) % testEvery === testEvery - 1) === isTest,
    );
    const sampleOf = (i: number): EventRecording => {
      const from = i * steps * sensors;
      const used = Math.min(steps, lengths?.data[i] ?? steps);
      return sensorEvents(readings.data.subarray(from, from + used * sensors), sensors);
    };
    return {
      sampleCount: chosen.length,
      labels: Uint8Array.from(chosen, (i) => assertDefined(letters?.data[i], "letter")),
      recordings: chosen.map(sampleOf),
    };
  };
  return {
    name: "braille",
    title: `Braille letters under ${sensors} tactile sensors`,
    source: "S. F. Müller-Cleve et al., 2022, zenodo 6556273",
    license: "CC BY 4.0",
    shape: [2, 1, sensors],
    featureCount: 2 * sensors,
    classCount: 27,
    maxValue: 1,
    train: split(false),
    test: split(true),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Send on delta. @param readings  Shape [time, sensor]. */
function sensorEvents(readings: Uint8Array, sensors: number): EventRecording {
  const sent = readings.slice(0, sensors);
  const events: { time: number; sensor: number; polarity: number }[] = [];
  readings.forEach((value, at) => {
    const [sensor, time] = [at % sensors, Math.floor(at / sensors) * microsecondsPerReading];
    const moved = value - (sent[sensor] ?? 0);
    if (Math.abs(moved) < eventDistance) return;
    sent[sensor] = value;
    events.push({ time, sensor, polarity: moved > 0 ? 1 : 0 });
  });
  return {
    times: Uint32Array.from(events, ({ time }) => time),
    x: Uint16Array.from(events, ({ sensor }) => sensor),
    y: new Uint16Array(events.length),
    polarity: Uint8Array.from(events, ({ polarity }) => polarity),
  };
}
