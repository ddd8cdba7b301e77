import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { PORTS } from "@gifticon/contract/facts/ports.ts";

const root = join(import.meta.dirname, "..");
/** The documents. `./run test --changed` runs this test for a file that one of them names. */
const documents = list(
  ...["README.md", "README.ko.md", "CONTRIBUTING.md", "docs/*.md"],
  ...["local-cloud/README.md", "local-cloud/*/README.md"],
);
const files = new Set(list());
const folders = new Set([...files].flatMap(foldersOf));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The target of a link, within the text or in a line of its own. */
const LINK = /(?:\]\(|^\[[^\]]+\]:\s+)([^)\s]+)/gm;
const FENCED = /^ *```.*?^ *```$/gms;

/** A path from the root. Words in capitals stand for names. */
const PATH =
  /^(infra|stacks|services|operate|policy|review|doctor|load-test|chaos|bench|tools|test|local-cloud|docs|\.github)\/[\w./-]+$/;

test("each document is checked", () => {
  assert.deepEqual(documents.toSorted(), list("*.md").toSorted());
});

test("each relative link of a document leads to a file, and each anchor to a heading", () => {
  const broken = documents.flatMap((document) =>
    targetsOf(read(document))
      .filter((target) => !/^(https?|mailto):/.test(target))
      .filter((target) => !leadsSomewhere(document, target))
      .map((target) => `${document}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

test("each path that a document names exists", () => {
  const missing = documents.flatMap((document) =>
    codeOf(read(document))
      .filter((code) => PATH.test(code) && !/[A-Z]{4}/.test(code))
      .filter((path) => !exists(path))
      .map((path) => `${document}: ${path}`),
  );
  assert.deepEqual(missing, []);
});

test("each command of ./run that a document names exists, with its layer of tests or its benchmark", () => {
  const commands = [...read("run").matchAll(/^ {2}([\w |]+)\) exec/gm)].flatMap(([, names = ""]) => names.split(" | "));
  assert.ok(commands.includes("up"));
  const layers = [...read("tools/commands/test.sh").matchAll(/\[(\w+)\]=(?:check|test):/g)].map(([, layer]) => layer);
  const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
  const unknown = documents.flatMap((document) => {
    const text = read(document);
    const run = [...text.matchAll(/\.\/run(?: ([\w-]+)(?: ([\w-]+))?)?/g)].filter(([, command]) => command);
    const npm = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].filter(
      ([, name = ""]) => !scripts.includes(name),
    );
    const wrong = run.filter(([, command = "", next]) => {
      if (command === "bench" && next !== undefined) return !files.has(`bench/${next}.ts`);
      if (command === "test" && next !== undefined && /^[a-z]/.test(next)) return !layers.includes(next);
      return !commands.includes(command);
    });
    return [...wrong, ...npm].map(([match]) => `${document}: ${match}`);
  });
  assert.deepEqual(unknown, []);
});

test("each test that a document quotes exists", () => {
  const titles = [...files]
    .filter((file) => file.endsWith(".test.ts"))
    .map(read)
    .join("\n");
  const quoted = [
    ...read("docs/kafkajs.md")
      .replaceAll(/\s+/g, " ")
      .matchAll(/"([^"]+)" (?:and "([^"]+)" )?in `/g),
  ];
  assert.ok(quoted.length > 5);
  for (const title of quoted.flatMap(([, one, other]) => [one, other])) assert.ok(titles.includes(title ?? ""), title);
});

test("docs/reliability.md has a result of each case of ./run chaos", () => {
  const sources = [...files].filter((file) => /^chaos\/faults\/[\w-]+\.ts$/.test(file) && !file.endsWith(".test.ts"));
  const cases = sources.flatMap((file) => [...read(file).matchAll(/^ {4}name: "([\w-]+)"/gm)].map(([, name]) => name));
  assert.ok(cases.length > 20);
  const results = read("docs/reliability.md");
  assert.deepEqual(
    cases.filter((name) => !results.includes(`\`${name ?? ""}\``)),
    [],
  );
});

test("docs/architecture.md has the ports of the environment", () => {
  const table = read("docs/architecture.md")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n");
  const ports = [...table.matchAll(/\b\d{2,5}\b/g)].map(([port]) => Number(port)).sort((a, b) => a - b);
  const { api, issuer, brokerInternal, brokerExternal, zookeeper, database, http } = PORTS;
  assert.deepEqual(
    ports,
    [api, issuer, brokerInternal, brokerExternal, zookeeper, database, http].sort((a, b) => a - b),
  );
});

test("a document has at most 100 columns, apart from tables and links", () => {
  const wide = documents.flatMap((document) =>
    read(document)
      .replaceAll(FENCED, (code) => code.replaceAll(/[^\n]/g, ""))
      .split("\n")
      .flatMap((line, index) =>
        line.length > 100 && !/^\s*\||https?:|\]\(/.test(line) ? [`${document}:${index + 1}`] : [],
      ),
  );
  assert.deepEqual(wide, []);
});

/** Returns the files of the checkout that fit one of the patterns. */
function list(...patterns: string[]): string[] {
  const options = ["-c", `safe.directory=${root}`, "ls-files", "-co", "--exclude-standard", ...patterns];
  const listed = execFileSync("git", options, { cwd: root }).toString();
  return listed.split("\n").filter((line) => line !== "" && existsSync(join(root, line)));
}

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}

/** Returns whether the checkout has a file or a folder at a path. */
function exists(path: string): boolean {
  const plain = path.replace(/\/$/, "");
  return files.has(plain) || folders.has(plain);
}

/** Returns the targets of a document's links. */
function targetsOf(text: string): string[] {
  return [...text.replaceAll(FENCED, "").matchAll(LINK)].map(([, target = ""]) => target);
}

/** Returns the pieces of code within a document's text. */
function codeOf(text: string): string[] {
  return [...text.replaceAll(FENCED, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}

function leadsSomewhere(document: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const page = path === "" ? document : normalize(join(dirname(document), path)).replace(/\/$/, "");
  if (!exists(page)) return false;
  return anchor === undefined || anchorsOf(read(page)).includes(anchor);
}

/** Returns the anchors that GitHub makes of a document's headings. */
function anchorsOf(text: string): string[] {
  return [...text.replaceAll(FENCED, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}
