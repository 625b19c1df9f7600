let visits = 0;

/**
 * Where tests kill the process: `LACUNA_CRASH=before-rename:3` ends it, as `kill -9` would, at the third visit of that point.
 */
export function faultPoint(name: string): void {
  const wanted = process.env["LACUNA_CRASH"];
  if (wanted === undefined) return;
  const [point, visit] = wanted.split(":");
  if (point === name && ++visits === Number(visit)) process.kill(process.pid, "SIGKILL");
}
