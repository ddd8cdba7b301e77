// Checks the messages of commits. With a file as its argument, it checks the message in it (the
// hook tools/hooks/commit-msg). Without, it checks all commits of HEAD after START. Exits with 1
// when it finds a fault. It checks nothing if the history does not reach back to START (an archive,
// a shallow clone).
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { faultsOfMessage } from "./commit-message.ts";

/** The last commit before this rule existed. */
const START = "d85f91d519d6f16f30e90dedf6aab80ec2137365";

interface Commit {
  name: string;
  message: string;
}

const [file] = process.argv.slice(2);
const commits = file === undefined ? commitsOfHead() : [{ name: "this commit", message: readFileSync(file, "utf8") }];
for (const { name, message } of commits) {
  for (const fault of faultsOfMessage(message)) {
    console.error(`${name}: ${fault}`);
    process.exitCode = 1;
  }
}

function commitsOfHead(): Commit[] {
  try {
    git("merge-base", "--is-ancestor", START, "HEAD");
  } catch {
    return [];
  }
  return git("log", "-z", "--no-merges", "--format=%h %s%x01%B", `${START}..HEAD`)
    .split("\0")
    .filter((entry) => entry !== "")
    .map((entry) => {
      const [name = "", message = ""] = entry.split("\x01");
      return { name, message };
    });
}

function git(...args: string[]): string {
  return execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname, stdio: ["ignore", "pipe", "pipe"] });
}
