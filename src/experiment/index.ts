export * from "./codesign.ts";
export * from "./config.ts";
export * from "./design-folder.ts";
export * from "./design-work.ts";
export * from "./model-file.ts";
export * from "./model-work.ts";
export * from "./parse-config.ts";
export * from "./presets.ts";
export type { EventListener, ExperimentEvent, Session } from "./session.ts";
