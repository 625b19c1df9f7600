export * from "./analog-network.ts";
export * from "./read-onnx.ts";
export * from "./run-analog.ts";
