import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, test } from "node:test";

const CONFIGURE = fileURLToPath(new URL("ngrinder/configure.sh", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ngrinder-configure-"));
  writeFileSync(join(folder, "settings"), "controller.max_vuser_per_agent=6000\ncontroller.time_out=120000\n");
  writeFileSync(join(folder, "policy"), "function getProcessCount() {}\n");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the script, and returns the output of its command. */
function configure(): string {
  const options = { encoding: "utf8", env: { ...process.env, NGRINDER_HOME: join(folder, "home") } } as const;
  const files = [join(folder, "settings"), join(folder, "policy")];
  return execFileSync("bash", [CONFIGURE, ...files, "echo", "started", "--port 80"], options);
}

function homeFile(name: string): string {
  return readFileSync(join(folder, "home", name), "utf8");
}

/** Returns the lines that set something. */
function settings(): string[] {
  return homeFile("system.conf")
    .split("\n")
    .filter((line) => line.includes("=") && !line.startsWith("#"));
}

test("a new controller gets each setting once, however often it starts", () => {
  for (const start of ["first", "second"]) {
    assert.equal(configure(), "started --port 80\n", start);
    assert.deepEqual(settings(), ["controller.max_vuser_per_agent=6000", "controller.time_out=120000"]);
  }
});

test("settings that an operator made on the page stay, and a comment sets nothing", () => {
  configure();
  // A text as the page saves it: without a newline at its end, and with the controller's own
  // comments.
  const page = "#controller.time_out=30000\n  controller.max_vuser_per_agent = 9000\ncontrollerXtime_out=1";
  writeFileSync(join(folder, "home/system.conf"), page);
  configure();
  assert.deepEqual(settings(), [
    "  controller.max_vuser_per_agent = 9000",
    "controllerXtime_out=1",
    "controller.time_out=120000",
  ]);
});

test("each start sets the stack's policy of processes and threads", () => {
  configure();
  writeFileSync(join(folder, "home/process_and_thread_policy.js"), "function getProcessCount() { return 10 }\n");
  configure();
  assert.equal(homeFile("process_and_thread_policy.js"), "function getProcessCount() {}\n");
});
