// The uniform numbers of torch's CPU generator, so that recorded random spikes can be compared bit for bit.
// Mersenne twister: M. Matsumoto, T. Nishimura, 1998, doi:10.1145/272991.272995; torch keeps the low 24 bits for a float.

const size = 624;
const shift = 397;

/** Uniform floats in [0, 1) as `torch.manual_seed(seed)` makes them. */
export function torchUniforms(seed: number, count: number): Float64Array {
  const state = seededState(seed);
  let position = size;
  return Float64Array.from({ length: count }, () => {
    if (position === size) {
      twist(state);
      position = 0;
    }
    return (temper(state[position++] ?? 0) & 0xffffff) / 2 ** 24;
  });
}

function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) {
    const before = state[i - 1] ?? 0;
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const joined = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % size] ?? 0) & 0x7fffffff);
    state[i] = (state[(i + shift) % size] ?? 0) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
  }
}

function temper(word: number): number {
  let y = word ^ (word >>> 11);
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}
