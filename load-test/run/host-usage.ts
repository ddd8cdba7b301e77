import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { SshHosts } from "../../operate/ssh-hosts.ts";
import type { HostUsage } from "../record.ts";

/** Starts recording a host's CPU time and sockets. `end` stops it and returns the record. */
export function watchHost(hosts: SshHosts, host: string): { end: () => Promise<HostUsage> } {
  const usage: HostUsage = { host, cores: 0, samples: [] };
  const script = readFileSync(new URL("../hosts/sample-host.sh", import.meta.url), "utf8");
  const child = hosts.start(host, ["bash", "-c", script], {
    stdin: "ignore",
    reject: false,
    buffer: { stdout: false },
  });
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const [at = 0, cpu, sockets] = line.split(" ").map(Number);
      if (cpu === undefined) usage.cores = at;
      else usage.samples.push({ at, cpu, sockets: sockets ?? 0 });
    }
  })();
  return {
    end: async () => {
      child.kill();
      await read;
      await child;
      return usage;
    },
  };
}
