import type { RandomStream } from "../../base/index.ts";

/** Random changes of a training image; 0 switches a part off. */
export interface Augmentation {
  /** Up to so many pixels in each direction; fractions are interpolated. */
  readonly shift: number;
  /** Up to so many degrees either way. */
  readonly rotation: number;
  /** Up to so much larger or smaller, as a share. */
  readonly zoom: number;
  /** Left and right change places in every other image. */
  readonly mirror: boolean;
}

export const noAugmentation: Augmentation = { shift: 0, rotation: 0, zoom: 0, mirror: false };

/** Whether anything is switched on. */
export function augments({ shift, rotation, zoom, mirror }: Augmentation): boolean {
  return shift > 0 || rotation > 0 || zoom > 0 || mirror;
}

/**
 * Turn, scale, shift and mirror an image about its center, bilinearly; what comes from outside is 0.
 *
 * @param image   Shape [height, width].
 * @param target  Written; same shape.
 */
export function augmentImage(
  image: Float32Array,
  target: Float32Array,
  options: { readonly width: number; readonly augmentation: Augmentation; readonly random: RandomStream },
): void {
  const { width, augmentation, random } = options;
  const height = image.length / width;
  const spread = (size: number): number => (random.uniform() * 2 - 1) * size;
  const angle = (spread(augmentation.rotation) * Math.PI) / 180;
  const scale = 1 + spread(augmentation.zoom);
  const [dx, dy] = [spread(augmentation.shift), spread(augmentation.shift)];
  const side = augmentation.mirror && random.uniform() < 0.5 ? -1 : 1;
  const [cosine, sine] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [v, u] = [row - centerY, side * (column - centerX)];
      const x = u * cosine - v * sine + centerX + dx;
      const y = v * cosine + u * sine + centerY + dy;
      target[row * width + column] = interpolate(image, width, height, x, y);
    }
  }
}

/** The same whole-pixel shift for every event of a recording. */
export function eventShift(augmentation: Augmentation, random: RandomStream): readonly [number, number] {
  const reach = Math.floor(augmentation.shift);
  return reach === 0 ? [0, 0] : [random.integer(2 * reach + 1) - reach, random.integer(2 * reach + 1) - reach];
}

// ---------------------------------------------------------------------------------------------------------------------

function interpolate(image: Float32Array, width: number, height: number, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [x - left, y - top];
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= width || row >= height ? 0 : (image[row * width + column] ?? 0);
  return (
    (at(left, top) * (1 - right) + at(left + 1, top) * right) * (1 - bottom) +
    (at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right) * bottom
  );
}
