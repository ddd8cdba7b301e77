import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { containerName, execIn } from "../../engine/containers.ts";
import { EngineProject } from "../../provider/testing/engine.ts";
import type { Settings } from "./settings.ts";

/** The outputs of notes.ts. */
interface Outputs {
  hostId: string;
  /** DNS name of the load balancer. */
  loadBalancerName: string;
  databaseId: string;
  databaseName: string;
  repositoryUrl: string;
  registryUser: string;
  registryPassword: string;
}

/** Runs the program of notes.ts with the real CLI, in the account of this process. */
export class NotesProject {
  readonly engine: EngineProject;
  #outputs: Outputs | undefined;

  private constructor(engine: EngineProject) {
    this.engine = engine;
  }

  static async create(): Promise<NotesProject> {
    const engine = await EngineProject.create([join(import.meta.dirname, "../../bin")]);
    await copyFile(join(import.meta.dirname, "host.sh"), join(engine.directory, "host.sh"));
    const project = new NotesProject(engine);
    await project.program();
    return project;
  }

  /** Writes the program to the project, with more code at its end if given. */
  async program(more = ""): Promise<void> {
    const source = await readFile(join(import.meta.dirname, "notes.ts"), "utf8");
    await writeFile(join(this.engine.directory, "index.ts"), `${source}\n${more}\n`);
  }

  /**
   * Runs an update and returns its changes, sorted: "update Instance notes". The steps of a
   * replacement are one "replace".
   *
   * @throws Error when the update fails or prints a warning.
   */
  async up(settings: Settings, ...options: string[]): Promise<string[]> {
    await this.configure(settings);
    const { ok, stdout } = await this.engine.run("up", "--yes", "--skip-preview", "--json", ...options);
    const events = eventsOf(stdout);
    if (!ok) throw new Error(`pulumi up failed:\n${messagesOf(events, "error")}`);
    const warnings = messagesOf(events, "warning");
    if (warnings !== "") throw new Error(`pulumi up printed warnings:\n${warnings}`);
    this.#outputs = (await this.engine.outputs()) as unknown as Outputs;
    return changesOf(events);
  }

  async configure(settings: Settings): Promise<void> {
    await writeFile(join(this.engine.directory, "settings.json"), JSON.stringify(settings));
  }

  /** Returns the outputs of the last update. */
  get outputs(): Outputs {
    if (this.#outputs === undefined) throw new Error("no update has succeeded yet");
    return this.#outputs;
  }

  /** Runs a script on the host as root and returns its output. */
  async onHost(script: string, ...args: string[]): Promise<string> {
    const { hostId } = this.outputs;
    const { stdout } = await execIn(containerName(hostId), ["bash", "-s", "--", ...args], { input: script });
    return stdout.trim();
  }
}

interface EngineEvent {
  resOutputsEvent?: { metadata: { op: string; type: string; urn: string } };
  diagnosticEvent?: { message: string; severity: string };
}

function eventsOf(stdout: string): EngineEvent[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as EngineEvent);
}

function messagesOf(events: EngineEvent[], severity: "error" | "warning"): string {
  return events
    .map(({ diagnosticEvent }) => diagnosticEvent)
    .filter((event) => event?.severity === severity)
    .map((event) => event?.message)
    .join("\n");
}

const replacementSteps = ["create-replacement", "delete-replaced"];

function changesOf(events: EngineEvent[]): string[] {
  return events
    .map(({ resOutputsEvent }) => resOutputsEvent?.metadata)
    .filter((done) => done !== undefined)
    .filter(({ op }) => !["same", "read", "refresh", ...replacementSteps].includes(op))
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ op, type, urn }) => `${op} ${type.split(":").at(-1) ?? ""} ${urn.split("::").at(-1) ?? ""}`)
    .sort();
}
