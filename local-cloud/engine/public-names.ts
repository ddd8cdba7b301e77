import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Mutex } from "async-mutex";
import { accountId } from "./account.ts";

/**
 * What the machine itself must know of an account: names that AWS would publish to the world, as
 * lines of a marked block in /etc/hosts, and the certificate of the registry for the machine's
 * Docker engine. Nothing else of the local cloud is outside Docker.
 */

const hostsFile = "/etc/hosts";
const certificates = "/etc/docker/certs.d";

/** The machine does not let us write one of its files. */
export class MachineFileError extends Error {
  readonly code = "MachineFile";
  override name = "MachineFileError";
}

const lock = new Mutex();

/**
 * Has the machine resolve names to addresses. Other names of the account stay.
 *
 * @returns the names that it did not resolve so before.
 */
export async function publishNames(wanted: ReadonlyMap<string, string>): Promise<string[]> {
  const before = namesIn(await readHosts(), accountId());
  await changeNames((names) => {
    for (const [name, address] of wanted) names.set(name, address);
  });
  return [...wanted].flatMap(([name, address]) => (before.get(name) === address ? [] : [name]));
}

/** Takes a name back; one that is not there is a success. */
export async function forgetPublicName(name: string): Promise<void> {
  await changeNames((names) => names.delete(name));
}

/**
 * Has the machine's Docker engine trust a registry with a certificate of that CA. The engine reads
 * it at each connection.
 *
 * @returns false when it did so before.
 */
export async function trustRegistry(host: string, certificate: string): Promise<boolean> {
  const file = join(certificates, host, "ca.crt");
  const present = await readFile(file, "utf8").catch(() => undefined);
  if (present === certificate) return false;
  await writing(file, `the machine's Docker engine trusts the registry ${host} by it`, async () => {
    await mkdir(join(certificates, host), { recursive: true });
    await writeFile(file, certificate);
  });
  return true;
}

/** Takes the trust back. */
export async function untrustRegistry(host: string): Promise<void> {
  const folder = join(certificates, host);
  await writing(folder, `the trust in the registry ${host} is taken back there`, async () => {
    await rm(folder, { recursive: true, force: true });
  });
}

/**
 * Takes back all that the machine was told of the account: what a file that was restored from
 * elsewhere brought again, too.
 */
export async function forgetAccount(): Promise<void> {
  await changeNames((names) => {
    names.clear();
  });
  const hosts = await readdir(certificates).catch(() => []);
  for (const host of hosts) if (host.startsWith(`${accountId()}.`)) await untrustRegistry(host);
}

/** Returns the names of an account in the text of a hosts file, with their addresses. */
export function namesIn(text: string, account: string): Map<string, string> {
  const { lines, inBlock } = read(text, account);
  return new Map(lines.flatMap((line, at) => (inBlock[at] ? entryOf(line) : [])));
}

/**
 * Returns the text of a hosts file with the account's block replaced; without names, the block is
 * gone. All lines of others stay as they are. A block of which something else took a part is made
 * whole: its remains go, and lines that give one of the names another address.
 */
export function withNames(text: string, account: string, names: ReadonlyMap<string, string>): string {
  const { lines, ours, inBlock } = read(text === "" || text.endsWith("\n") ? text : `${text}\n`, account);
  const isOurs = (line: string, at: number) => ours[at] === true || entryOf(line).some(([name]) => names.has(name));
  const foreign = (line: string, at: number) => !isOurs(line, at);
  const place = inBlock.includes(true) ? inBlock.indexOf(true) : lines.length;
  const before = lines.slice(0, place).filter(foreign);
  const after = lines.slice(place).filter((line, at) => foreign(line, place + at));
  const block = names.size === 0 ? [] : blockOf(account, names);
  return [...before, ...block, ...after].join("");
}

function blockOf(account: string, names: ReadonlyMap<string, string>): string[] {
  const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  return [beginOf(account), ...sorted.map(([name, address]) => `${address} ${name}`), endOf(account)].map(
    (line) => `${line}\n`,
  );
}

function beginOf(account: string): string {
  return `# BEGIN local-cloud ${account} (its public names; removed with its last resource)`;
}

function endOf(account: string): string {
  return `# END local-cloud ${account}`;
}

/**
 * The lines of a hosts file; which of them are the account's, and which of these stand in a block
 * that has its begin.
 */
function read(text: string, account: string): { lines: string[]; ours: boolean[]; inBlock: boolean[] } {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== "");
  const ours = lines.map(() => false);
  const inBlock = lines.map(() => false);
  const isMark = (at: number, mark: string) => lines[at]?.trimEnd() === mark;
  lines.forEach((_, at) => {
    if (isMark(at, beginOf(account))) {
      const whole = pastWhile(lines, at + 1, isEntry);
      const end = isMark(whole, endOf(account)) ? whole + 1 : pastWhile(lines, at + 1, isNameOfAws);
      ours.fill(true, at, end);
      inBlock.fill(true, at, end);
    } else if (isMark(at, endOf(account)) && ours[at] !== true) {
      let begin = at;
      while (isNameOfAws(lines[begin - 1] ?? "")) begin -= 1;
      ours.fill(true, begin, at + 1);
    }
  });
  return { lines, ours, inBlock };
}

/** The index of the first line from `start` on that isn't one of these. */
function pastWhile(lines: readonly string[], start: number, holds: (line: string) => boolean): number {
  const length = lines.slice(start).findIndex((line) => !holds(line));
  return length < 0 ? lines.length : start + length;
}

function isEntry(line: string): boolean {
  return entryOf(line).length > 0;
}

/**
 * Nobody else gives these names an address: where a mark is lost, they tell the account's lines
 * from others.
 */
function isNameOfAws(line: string): boolean {
  return entryOf(line).some(([name]) => name.endsWith(".amazonaws.com"));
}

/** The one name of a line "ADDRESS NAME" with its address; none of any other line. */
function entryOf(line: string): [name: string, address: string][] {
  const [, address, name] = /^(\d+(?:\.\d+){3}) (\S+)$/.exec(line.trimEnd()) ?? [];
  return name === undefined || address === undefined ? [] : [[name, address]];
}

/**
 * Changes the account's block. The file is written in place, because in a container it is a mount
 * that can't be replaced; another process that wrote it at the same moment may have won, so it is
 * read again.
 */
async function changeNames(edit: (names: Map<string, string>) => unknown): Promise<void> {
  await lock.runExclusive(async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const text = await readHosts();
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

/** A machine without the file resolves nothing by it. */
async function readHosts(): Promise<string> {
  return readFile(hostsFile, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
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
