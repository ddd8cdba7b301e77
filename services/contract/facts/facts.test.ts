import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { DATABASE } from "./database.ts";
import { IDEMPOTENCY_KEY, PATHS } from "./http.ts";
import { LOAD_TEST_USERS } from "./load-test-users.ts";
import { METRICS } from "./metrics.ts";
import * as names from "./names.ts";
import { DATABASE_CA_FILE, HOST_FOLDER } from "./paths.ts";
import { PORTS } from "./ports.ts";
import { CONSUMER_GROUP, TOPIC } from "./queue.ts";

const root = resolve(import.meta.dirname, "../../..");

/**
 * Literals that mean only their fact, so a file that contains one has a copy of it. Small ports and
 * words such as "kafka" have other meanings too.
 */
const LITERALS: readonly string[] = [
  ...Object.values(PORTS).filter((port) => port >= 1_000),
  ...Object.values(PATHS),
  ...Object.values(METRICS),
  ...Object.values(LOAD_TEST_USERS),
  ...Object.values(names.PLACEMENT_LABELS),
  ...Object.values(names.SWARM_SERVICES),
  ...[DATABASE.service, DATABASE.loadTest, TOPIC, CONSUMER_GROUP, IDEMPOTENCY_KEY, HOST_FOLDER, DATABASE_CA_FILE],
  ...[names.HOST_LABEL, names.EXTRA_COPY_LABEL, names.STACK_FILE_LABEL, names.STACK_LABEL, names.SERVICE_LABEL],
  ...[names.HOSTS.loadGenerator],
].map(String);

/** The script of nGrinder's users. */
const USERS = "load-test/ngrinder/GifticonUsers.groovy";

/** Files that may contain a literal for a reason of their own. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  // Derives ids from it, which must never change.
  "services/contract/request-id.ts": [IDEMPOTENCY_KEY],
  // Role of a host, which happens to equal its name.
  "infra/plans/fleet.ts": [names.HOSTS.loadGenerator],
  "infra/plans/flows.ts": [names.HOSTS.loadGenerator],
  // People upload the script unchanged. A test below compares it with the facts.
  [USERS]: [PATHS.gifticons, String(LOAD_TEST_USERS.first)],
};

/**
 * Code that does not use the facts: the local cloud, stand-ins, prototypes for comparison, and
 * tests.
 */
const ELSEWHERE =
  /^(local-cloud|bench\/prototype|tools\/base-images|tools\/pulumi|test)\/|\.test\.ts$|\/testing\.ts$|^services\/contract\/facts\//;
const CODE = /\.(ts|js|sh|groovy)$|(^|\/)Dockerfile$|^run$|^stacks\/kafka\/image\/bin\//;

test("each fact has one owner: no other file of the program writes its literal", () => {
  const copies = codeFiles().flatMap((file) => {
    const texts = textsOf(file);
    return LITERALS.filter((literal) => OTHERS[file]?.includes(literal) !== true)
      .filter((literal) => texts.some((text) => patternOf(literal).test(text)))
      .map((literal) => `${file}: ${literal}`);
  });
  assert.deepEqual(copies, []);
});

test("the script that people upload to nGrinder agrees with the facts", () => {
  const script = readFileSync(join(root, USERS), "utf8");
  assert.match(script, new RegExp(`FIRST_USER = ${LOAD_TEST_USERS.first}L`.replace(/\B(?=(\d{3})+L)/g, "_")));
  assert.ok(script.includes(`${PATHS.gifticons}"`));
});

test("a copy of a literal is found in each kind of file", () => {
  assert.deepEqual(textsOfTypeScript("const port = 8_080; // 5432\nconst path = `${url}/readyz`;"), [
    "8080",
    "",
    "/readyz",
  ]);
  assert.deepEqual(textsOfScript("# 2377\nport=9092\nuser = 7_000L\n"), ["port=9092", "user = 7000L"]);
  assert.match("gifticon_main-api.1", patternOf("gifticon_main-api"));
  assert.doesNotMatch("/readyzz 18080 xgroup_1", patternOf("/readyz"));
});

function codeFiles(): string[] {
  const listed = execFileSync("git", ["-c", `safe.directory=${root}`, "ls-files", "-co", "--exclude-standard"], {
    cwd: root,
  });
  return listed
    .toString()
    .split("\n")
    .filter((file) => CODE.test(file) && !ELSEWHERE.test(file));
}

function textsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return /\.(ts|js)$/.test(file) ? textsOfTypeScript(text) : textsOfScript(text);
}

/** Returns the texts and numbers of a program, without its comments and imports. */
function textsOfTypeScript(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isLiteralExpression(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("file.ts", source, ts.ScriptTarget.Latest, true));
  return texts;
}

/** Returns the lines of a script or of a Dockerfile that are no comments. */
function textsOfScript(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !/^\s*(#|\/\/|\*|\/\*)/.test(line))
    .map((line) => line.replaceAll(/(?<=\d)_(?=\d)/g, ""));
}

/** Matches the literal, but not as a part of a longer word, path or number. */
function patternOf(literal: string): RegExp {
  return new RegExp(`(?<![\\w-])${literal.replaceAll(".", "\\.")}(?!L?[\\w-])`);
}
