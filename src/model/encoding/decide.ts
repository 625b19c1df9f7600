/**
 * The decision of each sample: the class with the largest output, the lowest such class on a tie.
 * @param outputs  Counts or potentials. Shape [sample, class].
 */
export function decideClasses(outputs: ArrayLike<number>, classCount: number): Uint16Array {
  const decisions = new Uint16Array(outputs.length / classCount);
  decisions.forEach((_, sample) => {
    for (let c = 1; c < classCount; c++) {
      const best = outputs[sample * classCount + (decisions[sample] ?? 0)] ?? 0;
      if ((outputs[sample * classCount + c] ?? 0) > best) decisions[sample] = c;
    }
  });
  return decisions;
}

/** Share of decisions that equal their label. */
export function accuracyOf(decisions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < decisions.length; i++) if (decisions[i] === labels[i]) right++;
  return decisions.length === 0 ? 0 : right / decisions.length;
}

/** How often label r was decided as c. Shape [label, decision]. */
export function confusionMatrix(
  decisions: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): number[][] {
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let i = 0; i < decisions.length; i++) {
    const row = matrix[labels[i] ?? 0];
    const decided = decisions[i] ?? 0;
    if (row !== undefined) row[decided] = (row[decided] ?? 0) + 1;
  }
  return matrix;
}
