// Prints the layers that the changes since BASE can break, for `./run test --changed [BASE]`: a
// line for each, with its test files. The reasons go to standard error. By default, BASE is the
// commit where the branch left main.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { selectLayers } from "./select.ts";
import { FileTree, usesOf } from "./uses.ts";

const root = join(import.meta.dirname, "../..");

/** Files that contain paths without using the files there. */
const NO_USER =
  /\.(?:md|snapshot|json)$|^test\/golden\/|^tools\/(?:lint\/(?:layers|knip|check)|run-tests|commands\/test)|^\.|^run$/;

/** Files and folders that a file starts or builds an image of, without naming their paths. */
const STARTS: Record<string, string[]> = {
  // The Pulumi CLI reads the program, and starts the plugins by their names.
  "operate/local-stack.ts": [
    ...["Pulumi.yaml", "index.ts", "tools/commands/up.sh", "tools/commands/destroy.sh", "tools/commands/event.sh"],
    ...["local-cloud/bin", "local-cloud/stand-ins/bin", "local-cloud/images", "tools/base-images"],
  ],
  "review/engine.ts": ["Pulumi.yaml", "index.ts"],
  "local-cloud/aws/ec2/images.ts": ["local-cloud/images/host"],
  "local-cloud/engine/services-image.ts": ["local-cloud/images/services"],
  "services/testing/containers.ts": ["local-cloud/images/services", "tools/base-images"],
};

const base = process.argv[2] ? commitOf(process.argv[2]) : mergeBase();
const changed = lines(git("diff", "--name-only", "--no-renames", base));
const untracked = lines(git("ls-files", "--others", "--exclude-standard"));
const present = lines(git("ls-files"));
const files = [...new Set([...present, ...untracked, ...changed])];

const tree = new FileTree(files);
const users = files.filter((file) => !NO_USER.test(file));
const uses = new Map(users.map((file) => [file, usesOfFile(file)]));
const tests = files.filter((file) => file.endsWith(".test.ts"));
const selected = selectLayers([...changed, ...untracked], uses, tests);
for (const { layer, files: chosen = [], because } of selected) {
  console.error(`${layer}: ${because}`);
  console.log([layer, ...chosen].join(" "));
}

/** Returns the files that a file names or starts. Markdown files count only for tests. */
function usesOfFile(file: string): string[] {
  const named = usesOf(file, read(file), tree).filter((used) => !used.endsWith(".md") || file.endsWith(".test.ts"));
  // The lint layer checks that the local cloud uses nothing outside its folder.
  const own = file.startsWith("local-cloud/") ? named.filter((used) => used.startsWith("local-cloud/")) : named;
  return [...own, ...(STARTS[file] ?? []).flatMap((path) => tree.matching(path))];
}

/** Returns the text of a file, or "" for one that was removed. */
function read(file: string): string {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Returns a commit that the user named. Ends with 2 if git can't find it. */
function commitOf(name: string): string {
  try {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`).trim();
  } catch {
    console.error(
      `error: BASE is ${JSON.stringify(name)}, which git can't find\n` +
        "  Allowed: a commit, a branch or a tag that this clone has (git fetch may be needed).\n\n" +
        "Usage: ./run test --changed [BASE]",
    );
    process.exit(2);
  }
}

function mergeBase(): string {
  for (const main of ["origin/main", "main"]) {
    try {
      return git("merge-base", "HEAD", main).trim();
    } catch {
      // This clone has no such branch.
    }
  }
  console.error(
    "error: there is no branch main to compare with; name the version to compare with: ./run test --changed BASE",
  );
  process.exit(2);
}

function git(...args: string[]): string {
  const trusted = ["-c", `safe.directory=${root}`];
  return execFileSync("git", [...trusted, ...args], { cwd: root, encoding: "utf8", maxBuffer: Infinity });
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
