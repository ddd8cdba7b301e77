import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { SshHosts } from "../../operate/ssh-hosts.ts";

/** Runs a command whose output is compressed, and passes on each line. */
export async function readCompressedLines(
  hosts: SshHosts,
  host: string,
  command: readonly string[],
  each: (line: string) => void,
): Promise<void> {
  const child = hosts.start(host, command, { stdin: "ignore", encoding: "buffer", buffer: { stdout: false } });
  // A stream that ends too early loses lines, which the verdict reports.
  const lines: Readable = child.stdout.pipe(createGunzip()).on("error", () => undefined);
  const reader = createInterface({ input: lines }).on("line", each);
  await Promise.all([once(reader, "close"), child]);
}
