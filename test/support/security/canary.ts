import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { LocalStack } from "../../../operate/local-stack.ts";
import { type Place, runIn } from "./namespaces.ts";

/** A secret's real value, by the name that a failure tells. */
export type Secrets = ReadonlyMap<string, string>;

/** The marks by which an exported state says that a value is a secret. */
const SECRET = { key: "4dabf18193072939515e22adb298388d", value: "1b47061264138c4ac30d75fd1eb44270" } as const;

interface StateResource {
  urn: string;
  type: string;
  outputs?: Record<string, unknown>;
}

/**
 * Outputs that hold nothing but a secret; the scripts that carry one are secrets only for its sake.
 */
const PURE = new Map([
  ["random:index/randomPassword:RandomPassword", "result"],
  ["tls:index/privateKey:PrivateKey", "privateKeyOpenssh"],
]);

/**
 * The secrets that the program made, and the Swarm's tokens as its state keeps them: read with the
 * stack's passphrase.
 */
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
 * One line of a secret that nothing else has: of a key in PEM, the longest from its end, as the
 * first lines are the same in all.
 */
export function traceOf(secret: string): string {
  const lines = secret.split("\n").filter((line) => !line.includes("-----"));
  const trace = lines.toReversed().reduce((longest, line) => (line.length > longest.length ? line : longest), "");
  if (trace.length < 16) throw new Error("a secret of fewer than 16 signs would be found anywhere");
  return trace;
}

/**
 * Looks for secrets in texts and in what commands write; what is found is told by names, never by
 * values.
 */
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

  /** The names of the secrets that stand in a text. */
  inText(text: string): string[] {
    return [...this.#secrets].filter(([, value]) => text.includes(value)).map(([name]) => name);
  }

  /** The same of what a command of this machine writes, however much that is. */
  async inOutput(command: readonly string[]): Promise<string[]> {
    const [program = "", ...args] = command;
    // The searched texts are stored nowhere, not even for error messages.
    const { stdout } = await execa(program, args, { stderr: "ignore", buffer: false }).pipe(
      "grep",
      ["--text", "--only-matching", "--fixed-strings", "--file", join(this.#folder, "values")],
      { reject: false },
    );
    return this.inText(stdout);
  }

  /**
   * The same of files and folders at another place, as a shell names them; the values go there over
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

/** The values, as grep takes them. */
function linesOf(secrets: Secrets): string {
  return [...secrets.values()].map((value) => `${value}\n`).join("");
}
