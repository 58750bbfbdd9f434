import { readdirSync, readFileSync } from "node:fs";

/** Kills the HTTP side of the platform under test, as a machine without memory would. Its supervisor starts it again. */
export function killApi(): void {
  const port = process.env.BUNRI_E2E_PORT ?? "";
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && serves(name, port));
  if (!port || pids.length === 0) throw new Error(`nothing serves port ${port}`);
  for (const pid of pids) process.kill(Number(pid), "SIGKILL");
}

function serves(pid: string, port: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf-8").split("\0");
    return words.includes("serve") && words[words.indexOf("--port") + 1] === port;
  } catch {
    return false; // gone meanwhile
  }
}
