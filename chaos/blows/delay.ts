import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Blow } from "../case.ts";

/** Beside the server, in its network. */
const proxyPort = (port: number) => String(port + 10_000);

/** A delay that is there. */
export interface Delay {
  /** New connections are not delayed any more; those that are stay so. */
  pass: () => Promise<void>;
  /** Ends the delay, and with it the connections that had it; proves that something was delayed. */
  end: () => Promise<void>;
}

/**
 * Delays what comes to a server and what it answers, from its next connections on. (The kernel's own delay, netem, is no part of many machines' kernels.)
 *
 * @param at.network the server's network namespace, as a file of this machine.
 * @param at.ms how much later it comes, each way: an answer takes at least twice as long.
 */
export async function delayPort(
  { undo, proof }: Blow,
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
    // Ended by the end of its standard input, and so also when this process dies.
    { detached: true, stdin: "pipe", reject: false },
  );
  const stop = undo(async () => {
    proxy.stdin.end();
    await proxy;
  });
  const pass = undo(async () => {
    await iptables("-D", ...redirect).catch(() => undefined);
  });
  // It says that it listens, or ends.
  await Promise.race([once(proxy.stdout, "data"), proxy]);
  await iptables("-A", ...redirect);
  return {
    pass,
    end: async () => {
      await pass();
      await stop();
      const { stdout, stderr } = await proxy;
      const [pieces = 0, connections = 0] = (stdout.split("\n").at(-1) ?? "").split(" ").map(Number);
      if (!(pieces > 0)) throw new Error(`nothing was delayed: ${stdout} ${stderr}`);
      proof(`${pieces} pieces of ${connections} connections to port ${port} came ${ms} ms late`);
    },
  };
}
