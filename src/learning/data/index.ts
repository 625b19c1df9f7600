export { augmentImage, augments, noAugmentation, type Augmentation } from "./augment.ts";
export { batchEncoder, type BatchEncoder } from "./batch-encoder.ts";
export { encodeBatch, inputCountOf, inputGridOf, type BatchOptions } from "./batch.ts";
export * from "./dataset.ts";
export { readDigits } from "./digits.ts";
export { readIdx } from "./idx.ts";
export { loadDataset, type DatasetName } from "./load.ts";
export { readRecording } from "./nmnist.ts";
