import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const folder = fileURLToPath(new URL("../ngrinder/", import.meta.url));

/**
 * nGrinder's libraries from Maven Central. ../ngrinder/declared declares its own classes, which are
 * not there.
 */
export interface NgrinderLibraries extends AsyncDisposable {
  /**
   * Compiles a script with static checks of names and types.
   *
   * @returns The exit code, and the compiler's output.
   */
  check(script: string): Promise<{ exitCode: number | undefined; output: string }>;
  /** Starts a player of scenarios. ../ngrinder/Play.groovy describes them. */
  player(environment?: Record<string, string>): Player;
}

/** Plays scenarios, one after the other, in a Java process. */
export interface Player extends AsyncDisposable {
  /** Plays a scenario, and returns a line for each action of the script. */
  play(scenario: Record<string, string | number>): Promise<string[]>;
}

/**
 * Compiles the declarations of nGrinder's own classes.
 *
 * @param libs Folder with the libraries (tools/groovy.sh).
 */
export async function ngrinderLibraries(libs: string): Promise<NgrinderLibraries> {
  const classes = await mkdtemp(join(tmpdir(), "ngrinder-"));
  const sources = (await readdir(folder, { recursive: true }))
    .filter((file) => file.startsWith("declared/") && file.endsWith(".java"))
    .map((file) => join(folder, file));
  await execa("javac", ["-cp", join(libs, "*"), "-d", classes, ...sources]);
  const groovy = (command: "check" | "run", file: string) => [
    ...["-XX:TieredStopAtLevel=1", "-cp", [join(libs, "*"), classes].join(":")],
    ...[join(folder, "RunGroovy.java"), command, file],
  ];
  return {
    check: async (script) => {
      const options = { all: true, reject: false, timeout: 300_000 } as const;
      const { exitCode, all } = await execa("java", groovy("check", script), options);
      return { exitCode, output: all };
    },
    player: (environment = {}) => startPlayer(groovy("run", join(folder, "Play.groovy")), environment),
    [Symbol.asyncDispose]: () => rm(classes, { recursive: true }),
  };
}

function startPlayer(command: string[], environment: Record<string, string>): Player {
  const java = execa("java", command, { env: environment, buffer: false, reject: false, stderr: "inherit" });
  const lines = createInterface({ input: java.stdout })[Symbol.asyncIterator]();
  return {
    play: async (scenario) => {
      const values = new URLSearchParams();
      for (const [key, value] of Object.entries(scenario)) values.set(key, String(value));
      java.stdin.write(`${values.toString()}\n`);
      const done: string[] = [];
      for (;;) {
        const line = await lines.next();
        if (line.done === true) throw new Error(`the player ended:\n${done.join("\n")}`);
        if (line.value === "end") return done;
        done.push(line.value);
      }
    },
    [Symbol.asyncDispose]: async () => {
      java.kill();
      await java;
    },
  };
}
