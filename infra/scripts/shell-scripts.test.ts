import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { ShellScripts, type ScriptValues } from "./shell-scripts.ts";

const COMMON =
  '#!/usr/bin/env bash\n# For all.\nset -euo pipefail\nsay() { echo "$*"; }\nretry() { "$@"; }\n: "${STATE_DIR:=/var}"\n';
const NODES =
  '#!/usr/bin/env bash\n# Nodes.\n# values: REGION\nnode() { say "$REGION"; }\nreadonly FILE=$STATE_DIR/nodes\n';
const FLEET = "#!/usr/bin/env bash\n# uses: nodes\nfleet() { node; }\n";

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/**
 * Makes a project with a script, a common library and the libraries `nodes` and `fleet`, which uses
 * `nodes`.
 */
function project(script: string, libraries: Record<string, string> = {}, facts: ScriptValues = {}): ShellScripts {
  const root = mkdtempSync(join(tmpdir(), "scripts-"));
  folders.push(root);
  const files = {
    "lib/common.sh": COMMON,
    "lib/nodes.sh": NODES,
    "lib/fleet.sh": FLEET,
    ...libraries,
    "run.sh": script,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return new ShellScripts(root, "lib", facts);
}

function render(script: string, values: ScriptValues = {}, triggers: ScriptValues = {}): string {
  return project(`#!/usr/bin/env bash\n# A script.\n${script}`).render("run.sh", values, triggers);
}

function refuses(script: string, problems: string[], values: ScriptValues = {}, triggers: ScriptValues = {}): void {
  assert.throws(() => render(script, values, triggers), {
    name: "ScriptError",
    code: "SCRIPT_INVALID",
    problems: problems.map((problem) => `run.sh: ${problem}`),
  });
}

test("a script's values are put before it as read-only variables", () => {
  const values = { NAME: "it's", COUNT: 2, ON: true, KEYS: ["a b", "c"], NONE: [] };
  const script = '# values: NAME COUNT ON KEYS[] NONE[]\nsay "$NAME $COUNT $ON ${KEYS[1]} ${#NONE[@]}"\n';
  const text = render(script, values);
  assert.deepEqual(text.split("\n").slice(0, 6), [
    "#!/usr/bin/env bash",
    `readonly NAME='it'\\''s'`,
    "readonly COUNT='2'",
    "readonly ON='true'",
    "readonly -a KEYS=('a b' 'c')",
    "readonly -a NONE=()",
  ]);
  assert.equal(execFileSync("bash", ["-s"], { input: text, encoding: "utf8" }), "it's 2 true c 0\n");
});

test("a script declares facts of the project among its values, and no caller passes them", () => {
  const script = '#!/usr/bin/env bash\n# uses: nodes\n# values: PORT NAME\nnode "$PORT" "$NAME"\n';
  const scripts = project(script, {}, { PORT: 2377, REGION: "here", UNUSED: "x" });
  assert.deepEqual(
    scripts
      .render("run.sh", { NAME: "a" })
      .split("\n")
      .filter((line) => /^readonly (?!FILE)/.test(line)),
    ["readonly PORT='2377'", "readonly REGION='here'", "readonly NAME='a'"],
  );
  assert.throws(() => scripts.render("run.sh", { NAME: "a", PORT: 1 }), {
    problems: ["run.sh: the value PORT is a fact of the project; no caller gives it"],
  });
});

test("each library is put once before the script, after those that it uses, without comments", () => {
  const text = render("# uses: fleet nodes\n# A comment.\n\nfleet\nnode\n", { REGION: "here" });
  assert.deepEqual(
    text.split("\n").filter((line) => !line.startsWith("readonly REGION")),
    [
      "#!/usr/bin/env bash",
      ...["set -euo pipefail", 'say() { echo "$*"; }', 'retry() { "$@"; }', ': "${STATE_DIR:=/var}"'],
      ...['node() { say "$REGION"; }', "readonly FILE=$STATE_DIR/nodes", "fleet() { node; }", "fleet", "node", ""],
    ],
  );
});

test("a value that is not declared is refused, and so is one that is missing", () => {
  refuses("# values: NAME\nsay $NAME\n", ["the value OTHER is not declared; declared are NAME"], {
    NAME: "",
    OTHER: "",
  });
  refuses("# values: NAME KEY\nsay $NAME $KEY\n", ["the value KEY is missing; given are NAME"], { NAME: "" });
  refuses("# uses: nodes\nnode\n", ["the value REGION is missing; given are none"]);
});

test("a list and a text are not interchangeable, and a refused value is not shown", () => {
  refuses("# values: KEYS[]\nsay ${KEYS[*]}\n", ["the value KEYS is one text, but KEYS[] declares a list"], {
    KEYS: "secret",
  });
  refuses("# values: KEYS\nsay $KEYS\n", ["the value KEYS is a list, but KEYS declares one text; declare KEYS[]"], {
    KEYS: ["secret"],
  });
});

test("a declared variable that the script does not read is refused", () => {
  refuses("# values: NAME\nsay '$NAME'\n", ['it does not use NAME; remove NAME from "# values:"'], { NAME: "" });
  refuses("# environment: NAME\nsay NAME\n", ['it does not use NAME; remove NAME from "# environment:"']);
});

test("a variable that nothing declares or sets is refused, wherever the script reads it", () => {
  const undeclared = ['it reads NAME, which nothing sets; add NAME to "# values:", or to "# environment:"'];
  for (const script of [
    'f() { say "${NAME:-}"; }\n',
    "cat <<EOF\n$NAME\nEOF\n",
    "((NAME > 1))\n",
    'x=$(say "$NAME")\n',
  ])
    refuses(script, undeclared);
  // The library's own value is not the script's.
  refuses("# uses: nodes\nnode\nsay $REGION\n", [undeclared[0]?.replaceAll("NAME", "REGION") ?? ""], { REGION: "" });
});

test("variables of the script, its libraries, its environment and Bash itself are no values", () => {
  const script =
    '# uses: nodes\n# environment: SSH_COMMAND\nreadonly OWN=1\nsay "$OWN $FILE $STATE_DIR $SSH_COMMAND $SECONDS"\n';
  assert.match(render(script, { REGION: "" }), /readonly OWN=1/);
});

test("a missing library is refused", () => {
  refuses("# uses: nods\n", ['"# uses:" names nods, but the libraries are fleet, nodes']);
  refuses("# uses: common\n", ['"# uses:" names common, but the libraries are fleet, nodes']);
});

test("a library that the script does not use is refused", () => {
  refuses("# uses: nodes\nsay node\n", ['it uses nothing of the library nodes; remove nodes from "# uses:"'], {
    REGION: "",
  });
});

test("a call of a function whose library is not declared is refused, also of one with a short name", () => {
  const missing = ['it calls node of the library nodes; add nodes to "# uses:"'];
  for (const script of [
    "node\n",
    "f() { if ! node; then say no; fi; }\n",
    "x=$(node)\n",
    "retry retry node\n",
    "trap 'node' EXIT\n",
  ])
    refuses(script, missing);
  refuses("# uses: fleet\nfleet\nnode\n", missing, { REGION: "" });
});

test("a call of a function that does not exist is refused", () => {
  refuses("say hello\nnode_is ready\n", ["it calls node_is, which nothing defines"]);
});

test("a function with the name of a library's function is refused", () => {
  refuses("say() { :; }\nsay\n", ["it defines say, as lib/common.sh does; give it another name"]);
});

test("two libraries of a script that define one function are refused", () => {
  const libraries = { "lib/other.sh": "# Other.\nnode() { :; }\n" };
  assert.throws(() => project("# uses: nodes other\nnode\n", libraries).render("run.sh", { REGION: "" }), {
    message: "run.sh: it uses lib/nodes.sh and lib/other.sh, which both define node; rename one",
  });
});

test("a script that sets one of its values is refused", () => {
  const problem = "it sets NAME, but a value is read-only; give the variable another name";
  refuses('# values: NAME\nNAME+=1\nsay "$NAME"\n', [problem], { NAME: "" });
});

test("a library is checked as well", () => {
  const libraries = { "lib/fleet.sh": "#!/usr/bin/env bash\nfleet() { node; }\n" };
  const scripts = project("#!/usr/bin/env bash\n# uses: fleet\nfleet\n", libraries);
  assert.throws(() => scripts.render("run.sh", {}), {
    message: 'lib/fleet.sh: it calls node of the library nodes; add nodes to "# uses:"',
  });
});

test("libraries that use each other are both put before the script", () => {
  const libraries = {
    "lib/nodes.sh": "# uses: fleet\nnode() { fleet; }\n",
    "lib/fleet.sh": "# uses: nodes\nfleet() { node; }\n",
  };
  assert.match(project("# uses: nodes\nnode\n", libraries).render("run.sh", {}), /fleet\(\).*\nnode\(\)/);
});

test("a header with a wrong or repeated item is refused", () => {
  refuses("# uses: Nodes\n", ['"Nodes" in "# uses:" is not the name of a library, as nodes']);
  const forms = "a variable, as NAME, or a list, as NAME[]";
  refuses("# values: NAME, KEY\n", [`"NAME," in "# values:" is not ${forms}`]);
  refuses("# environment: KEYS[]\n", ['"KEYS[]" in "# environment:" is not a variable, as NAME']);
  refuses("# values: NAME\n# values: NAME\nsay $NAME\n", ["NAME is repeated in the header"]);
});

test("a missing script, and a text that is not a script, are refused with the path", () => {
  assert.throws(() => project("").render("none.sh", {}), /^ScriptError: none\.sh: ENOENT/);
  assert.throws(() => render("if true; then\n"), /^ScriptError: run\.sh: line \d+: /);
});

test("a trigger changes the text, and no script reads it", () => {
  const trigger = (number: number) => render("say hello\n", {}, { GENERATION: number });
  assert.notEqual(trigger(1), trigger(2));
  refuses(
    '# values: NAME\nsay "$NAME"\n',
    ["the trigger NAME is used by run.sh; give it as a value"],
    { NAME: "" },
    { NAME: "" },
  );
  refuses("say\n", ['the trigger "a;b" is not the name of a variable, as NAME'], {}, { "a;b": "" });
});
