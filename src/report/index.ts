export * from "./check-report.ts";
export * from "./figure-text.ts";
export * from "./page.ts";
export * from "./read-report.ts";
export * from "./report-csv.ts";
export * from "./report-data.ts";
export * from "./report-json.ts";
export * from "./terminal.ts";
