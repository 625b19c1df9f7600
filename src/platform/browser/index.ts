export { browserThreads } from "./team.ts";
