import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { execa } from "execa";

// The compiler and what of nGrinder's libraries Maven Central has: tools/groovy.sh. Its own classes are declared in ngrinder/.
const libs = process.env["GROOVY_LIBS"] ?? assert.fail("run this test by ./run test services");
const script = fileURLToPath(new URL("../../load-test/ngrinder/GifticonUsers.groovy", import.meta.url));

/** Has each name and each type judged at compilation, as Java does: Groovy by itself would leave them to the run. */
const STRICT = "withConfig(configuration) { ast(groovy.transform.CompileStatic) }";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "ngrinder-"));
  const declared = fileURLToPath(new URL("ngrinder/", import.meta.url));
  const sources = (await readdir(declared, { recursive: true }))
    .filter((file) => file.endsWith(".java"))
    .map((file) => join(declared, file));
  await execa("javac", ["-cp", join(libs, "*"), "-d", join(folder, "declared"), ...sources]);
  await writeFile(join(folder, "strict.groovy"), STRICT);
});
after(() => rm(folder, { recursive: true }));

/** Compiles a script; returns how it ended and what the compiler said. */
async function compile(file: string) {
  const classes = [join(libs, "*"), join(folder, "declared")].join(":");
  return execa(
    "java",
    [
      ...["-XX:TieredStopAtLevel=1", "-cp", classes, "org.codehaus.groovy.tools.FileSystemCompiler"],
      ...[
        "-cp",
        await classPath(),
        "--configscript",
        join(folder, "strict.groovy"),
        "-d",
        join(folder, "classes"),
        file,
      ],
    ],
    { all: true, reject: false, timeout: 120_000 },
  );
}

/** The same for the compiler's own option, which knows no wildcards. */
async function classPath(): Promise<string> {
  const jars = await readdir(libs);
  return [...jars.map((jar) => join(libs, jar)), join(folder, "declared")].join(":");
}

describe("the nGrinder script", () => {
  test("compiles, each name and type judged", async () => {
    const { exitCode, all } = await compile(script);
    assert.equal(exitCode, 0, all);
  });

  test("would not with a name that nobody knows", async () => {
    const text = await readFile(script, "utf8");
    const broken = join(folder, "GifticonUsers.groovy");
    await writeFile(broken, text.replace("answer.statusCode in", "answer.statusCod in"));
    const { exitCode, all } = await compile(broken);
    assert.notEqual(exitCode, 0);
    assert.match(all, /No such property: statusCod /);
  });
});
