// The helper thread of a team.
import { instantiateKernels, serveTeam, type TeamStart } from "../index.ts";

globalThis.addEventListener("message", (event: MessageEvent<TeamStart>) => void serve(event.data), { once: true });

async function serve(start: TeamStart): Promise<void> {
  const functions = await instantiateKernels(start);
  postMessage("ready");
  serveTeam(start.control, functions, start.thread);
}
