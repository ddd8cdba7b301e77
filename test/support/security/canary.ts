import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { LocalStack } from "../../../operate/local-stack.ts";
import { type Place, runIn } from "./namespaces.ts";

/** Values of secrets by the names that failures show. */
export type Secrets = ReadonlyMap<string, string>;

/** The marks of a secret in an exported state. */
const SECRET = { key: "4dabf18193072939515e22adb298388d", value: "1b47061264138c4ac30d75fd1eb44270" } as const;

interface StateResource {
  urn: string;
  type: string;
  outputs?: Record<string, unknown>;
}

/** Outputs that consist of a secret only. Scripts that contain one are left out. */
const PURE = new Map([
  ["random:index/randomPassword:RandomPassword", "result"],
  ["tls:index/privateKey:PrivateKey", "privateKeyOpenssh"],
]);

/** Returns the secrets that the program created, and the Swarm's tokens, from the stack's state. */
export async function secretsOfState(stack: LocalStack): Promise<Map<string, string>> {
  const text = await stack.pulumi(["stack", "export", "--stack", "local", "--show-secrets"]);
  const { deployment } = JSON.parse(text) as { deployment: { resources: StateResource[] } };
  const found = new Map<string, string>();
  for (const { urn, type, outputs } of deployment.resources) {
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const key = name === "swarm-token" ? "stdout" : PURE.get(type);
    if (key === undefined) continue;
    const value = outputs?.[key];
    if (!isSecretValue(value)) throw new Error(`${name}.${key} is no secret in the state`);
    found.set(name, traceOf(String(JSON.parse(value.plaintext))));
  }
  return found;
}

function isSecretValue(value: unknown): value is { plaintext: string } {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[SECRET.key] === SECRET.value;
}

/**
 * Returns one line of a secret that is unique. For a key in PEM, that is the longest line nearest
 * to its end, because all keys have the same first lines.
 */
export function traceOf(secret: string): string {
  const lines = secret.split("\n").filter((line) => !line.includes("-----"));
  const trace = lines.toReversed().reduce((longest, line) => (line.length > longest.length ? line : longest), "");
  if (trace.length < 16) throw new Error("a secret with fewer than 16 characters occurs by chance");
  return trace;
}

/** Searches texts and the output of commands for secrets. Results are names, never values. */
export class Canary implements AsyncDisposable {
  readonly #secrets: Secrets;
  readonly #folder: string;

  private constructor(secrets: Secrets, folder: string) {
    this.#secrets = secrets;
    this.#folder = folder;
  }

  static async of(secrets: Secrets): Promise<Canary> {
    const folder = await mkdtemp(join(tmpdir(), "canary-"));
    await writeFile(join(folder, "values"), linesOf(secrets), { mode: 0o600 });
    return new Canary(secrets, folder);
  }

  /** Returns the names of the secrets in a text. */
  inText(text: string): string[] {
    return [...this.#secrets].filter(([, value]) => text.includes(value)).map(([name]) => name);
  }

  /** Searches the output of a command on this machine, of any length. */
  async inOutput(command: readonly string[]): Promise<string[]> {
    const [program = "", ...args] = command;
    // The searched text is not stored, not even for error messages.
    const { stdout } = await execa(program, args, { stderr: "ignore", buffer: false }).pipe(
      "grep",
      ["--text", "--only-matching", "--fixed-strings", "--file", join(this.#folder, "values")],
      { reject: false },
    );
    return this.inText(stdout);
  }

  /**
   * Searches files and folders at another place, given as shell words. The values are sent over
   * standard input, so that no process list shows them.
   */
  async inFiles(place: Place, files: string): Promise<string[]> {
    const script = `grep --text --recursive --no-messages --no-filename --only-matching --fixed-strings --file=/dev/stdin ${files} || true`;
    return this.inText(await runIn(place, ["bash", "-c", script], linesOf(this.#secrets)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

/** Returns the values as patterns for grep, one a line. */
function linesOf(secrets: Secrets): string {
  return [...secrets.values()].map((value) => `${value}\n`).join("");
}
