// Where a batch's time goes on several threads: how long each phase takes, how much of it the calling thread works itself, and what
// is left between phases. The rest of a phase the caller waits for the others.
import type { ThreadTeam, Threads } from "../src/platform/index.ts";
import { textTable } from "../src/report/index.ts";

interface Span {
  readonly wall: number[];
  readonly own: number[];
}

export class PhaseClock {
  readonly #spans = new Map<string, Span>();
  #own = 0;

  /** Threads whose teams run phase by phase and take the time of each. */
  watch(threads: Threads): Threads {
    return {
      ...threads,
      start: async (options) => {
        const own = options.own.map((run) => (...parts: Parameters<typeof run>) => {
          const started = performance.now();
          run(...parts);
          this.#own += performance.now() - started;
        });
        const team = await threads.start({ ...options, own });
        return this.#timed(team, options.kernels);
      },
    };
  }

  clear(): void {
    this.#spans.clear();
  }

  /** @param batchSeconds  Of every batch since `clear`. */
  report(batchSeconds: readonly number[]): string {
    const rows = Array.from(this.#spans, ([name, { wall, own }]) => {
      const runs = wall.length / batchSeconds.length;
      return { name, wall: median(wall) * runs, own: median(own) * runs };
    }).toSorted((a, b) => b.wall - a.wall);
    const inPhases = { wall: total(rows.map(({ wall }) => wall)), own: total(rows.map(({ own }) => own)) };
    const batch = median(batchSeconds) * 1000;
    const cells = [...rows, { name: "all phases", ...inPhases }].map(({ name, wall, own }) => [
      name,
      microseconds(wall),
      microseconds(own),
      microseconds(wall - own),
    ]);
    cells.push(["between phases", microseconds(batch - inPhases.wall), "", ""]);
    const titles = ["phase", "µs", "caller works", "caller waits"];
    return textTable(
      titles.map((title) => ({ title })),
      cells,
    );
  }

  #timed(team: ThreadTeam, kernels: readonly string[]): ThreadTeam {
    return {
      threadCount: team.threadCount,
      run: (phases) => {
        for (const phase of phases) {
          this.#own = 0;
          const started = performance.now();
          team.run([phase]);
          const span = this.#spanOf(kernels[phase.kernel] ?? "");
          span.wall.push(performance.now() - started);
          span.own.push(this.#own);
        }
      },
      [Symbol.dispose]: () => team[Symbol.dispose](),
    };
  }

  #spanOf(name: string): Span {
    let span = this.#spans.get(name);
    if (span === undefined) this.#spans.set(name, (span = { wall: [], own: [] }));
    return span;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function total(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function microseconds(milliseconds: number): string {
  return String(Math.round(1000 * milliseconds));
}
