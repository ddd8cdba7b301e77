import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Mutex } from "async-mutex";
import { accountId } from "./account.ts";

/**
 * What the machine itself must know of an account: names that AWS would publish to the world, as lines of a marked block in
 * /etc/hosts, and the certificate of the registry for the machine's Docker engine.
 */

const hostsFile = "/etc/hosts";
const certificates = "/etc/docker/certs.d";

/** The machine does not let us write one of its files. */
export class MachineFileError extends Error {
  readonly code = "MachineFile";
  override name = "MachineFileError";
}

const lock = new Mutex();

/** Has the machine resolve a name to an address. */
export async function publishName(name: string, address: string): Promise<void> {
  await changeNames((names) => names.set(name, address));
}

/** Takes a name back; one that is not there is a success. */
export async function forgetPublicName(name: string): Promise<void> {
  await changeNames((names) => names.delete(name));
}

/** Has the machine's Docker engine trust a registry with a certificate of that CA. The engine reads it at each connection. */
export async function trustRegistry(host: string, certificate: string): Promise<void> {
  const file = join(certificates, host, "ca.crt");
  await writing(file, `the machine's Docker engine trusts the registry ${host} by it`, async () => {
    await mkdir(join(certificates, host), { recursive: true });
    await writeFile(file, certificate);
  });
}

/** Takes the trust back. */
export async function untrustRegistry(host: string): Promise<void> {
  const folder = join(certificates, host);
  await writing(folder, `the trust in the registry ${host} is taken back there`, async () => {
    await rm(folder, { recursive: true, force: true });
  });
}

/** The names of an account in the text of a hosts file, with their addresses. */
export function namesIn(text: string, account: string): Map<string, string> {
  const block = blockOf(text, account)?.block ?? [];
  return new Map(block.map((line) => line.split(" ")).map(([address = "", name = ""]) => [name, address]));
}

/** The text of a hosts file with the account's block replaced; without names, the block is gone. All other lines stay as they are. */
export function withNames(text: string, account: string, names: ReadonlyMap<string, string>): string {
  const found = blockOf(text, account);
  const before = found?.before ?? (text === "" || text.endsWith("\n") ? text : `${text}\n`);
  const after = found?.after ?? "";
  if (names.size === 0) return before + after;
  const lines = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, address]) => `${address} ${name}\n`);
  return `${before}${beginOf(account)}\n${lines.join("")}${endOf(account)}\n${after}`;
}

function beginOf(account: string): string {
  return `# BEGIN local-cloud ${account} (its public names; removed with its last resource)`;
}

function endOf(account: string): string {
  return `# END local-cloud ${account}`;
}

/** The lines of the account's block, and the text before and after it. A block without an end is the rest of its own lines. */
function blockOf(text: string, account: string): { before: string; block: string[]; after: string } | undefined {
  const lines = text.split(/(?<=\n)/);
  const begin = lines.findIndex((line) => line.trimEnd() === beginOf(account));
  if (begin < 0) return undefined;
  const length = lines.slice(begin + 1).findIndex((line) => !/^\d+(?:\.\d+){3} \S+$/.test(line.trimEnd()));
  const end = length < 0 ? lines.length : begin + 1 + length;
  const marked = lines[end]?.trimEnd() === endOf(account);
  return {
    before: lines.slice(0, begin).join(""),
    block: lines.slice(begin + 1, end).map((line) => line.trimEnd()),
    after: lines.slice(marked ? end + 1 : end).join(""),
  };
}

/**
 * Changes the account's block. The file is written in place, because in a container it is a mount that can't be replaced; another
 * process that wrote it at the same moment may have won, so it is read again.
 */
async function changeNames(edit: (names: Map<string, string>) => unknown): Promise<void> {
  await lock.runExclusive(async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const text = await readFile(hostsFile, "utf8");
      const names = namesIn(text, accountId());
      edit(names);
      const wanted = withNames(text, accountId(), names);
      if (wanted === text) return;
      await writing(hostsFile, "the machine finds the account's load balancers and registry by it", () =>
        writeFile(hostsFile, wanted),
      );
    }
    throw new MachineFileError(`${hostsFile} does not keep what is written to it: something else rewrites it`);
  });
}

async function writing(file: string, why: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    throw new MachineFileError(
      `can't write ${file} (${cause.code ?? cause.message}): ${why}. Run as root (sudo), or make it writable.`,
      { cause },
    );
  }
}
