import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { FaultContext } from "../case.ts";

/** Returns the proxy's port in the server's network namespace. */
const proxyPort = (port: number) => String(port + 10_000);

/** An active delay. */
export interface Delay {
  /** Stops delaying new connections. Existing connections stay delayed. */
  pass: () => Promise<void>;
  /** Ends the delay and the delayed connections, and records how much was delayed. */
  end: () => Promise<void>;
}

/**
 * Delays the traffic of a server's new connections by a proxy. The kernel's own delay (netem) is
 * missing from many kernels.
 *
 * @param at.network the file of the server's network namespace.
 * @param at.ms delay in each direction, in milliseconds.
 */
export async function delayPort(
  { undo, observed }: FaultContext,
  { network, port, ms }: { network: string; port: number; ms: number },
): Promise<Delay> {
  const inside = (command: readonly string[]) => [`--net=${network}`, "--", ...command];
  const redirect = [
    "PREROUTING",
    "-p",
    "tcp",
    "--dport",
    String(port),
    "-j",
    "REDIRECT",
    "--to-ports",
    proxyPort(port),
  ];
  const iptables = (...args: string[]) =>
    execa("nsenter", inside(["iptables-legacy", "-w", "-t", "nat", ...args]), { detached: true });
  const script = fileURLToPath(new URL("delay-proxy.ts", import.meta.url));
  const proxy = execa(
    "nsenter",
    inside([process.execPath, script, proxyPort(port), String(port), String(ms)]),
    // The end of its standard input ends the proxy, also when this process dies.
    { detached: true, stdin: "pipe", reject: false },
  );
  const stop = undo(async () => {
    proxy.stdin.end();
    await proxy;
  });
  const pass = undo(async () => {
    await iptables("-D", ...redirect).catch(() => undefined);
  });
  // The proxy either prints that it listens or ends.
  await Promise.race([once(proxy.stdout, "data"), proxy]);
  await iptables("-A", ...redirect);
  return {
    pass,
    end: async () => {
      await pass();
      await stop();
      const { stdout, stderr } = await proxy;
      const [chunks = 0, connections = 0] = (stdout.split("\n").at(-1) ?? "").split(" ").map(Number);
      if (!(chunks > 0)) throw new Error(`nothing was delayed: ${stdout} ${stderr}`);
      observed(`${chunks} chunks of ${connections} connections to port ${port} came ${ms} ms late`);
    },
  };
}
