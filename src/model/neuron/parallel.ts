// Neurons without a reset need no step: their potential is a weighted sum of the inputs of all steps. The weights are a matrix over
// time, so they are no expression of one step; what follows them is: the model `threshold` fires on what they leave.

/**
 * Every step's potential: potential[t] = Σ over s of weights[t, s] · input[s], in 32-bit floats, from the first step on.
 * @param weights  Shape [step, step]; lower triangular for a neuron that does not look ahead.
 * @param inputs  Shape [step, neuron].
 */
export function mixOverTime(weights: Float32Array, inputs: Float32Array, stepCount: number): Float32Array {
  const size = inputs.length / stepCount;
  const mixed = new Float32Array(inputs.length);
  for (let t = 0; t < stepCount; t++) {
    for (let s = 0; s < stepCount; s++) {
      const weight = weights[t * stepCount + s] ?? 0;
      for (let n = 0; n < size; n++) {
        const at = t * size + n;
        mixed[at] = (mixed[at] ?? 0) + Math.fround(weight * (inputs[s * size + n] ?? 0));
      }
    }
  }
  return mixed;
}

/** Gradients of `mixOverTime` with respect to weights and inputs, from that of the potentials. */
export function mixOverTimeBackward(
  weights: Float32Array,
  inputs: Float32Array,
  gradient: Float32Array,
  stepCount: number,
): { readonly weights: Float32Array; readonly inputs: Float32Array } {
  const size = inputs.length / stepCount;
  const ofWeights = new Float32Array(weights.length);
  const ofInputs = new Float32Array(inputs.length);
  for (let t = 0; t < stepCount; t++) {
    for (let s = 0; s < stepCount; s++) {
      let sum = 0;
      for (let n = 0; n < size; n++) {
        const g = gradient[t * size + n] ?? 0;
        sum += g * (inputs[s * size + n] ?? 0);
        ofInputs[s * size + n] = (ofInputs[s * size + n] ?? 0) + g * (weights[t * stepCount + s] ?? 0);
      }
      ofWeights[t * stepCount + s] = sum;
    }
  }
  return { weights: ofWeights, inputs: ofInputs };
}
