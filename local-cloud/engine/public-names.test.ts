import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn, withNames } from "./public-names.ts";

const account = "000000000001";
const other = "000000000002";
const hosts = "127.0.0.1 localhost\n# a comment\n10.0.0.1 other\n";
const names = new Map([
  ["b.example", "198.18.0.11"],
  ["a.example", "198.18.0.10"],
]);

test("the names of an account are a marked block after what is there, sorted", () => {
  assert.equal(
    withNames(hosts, account, names),
    `${hosts}# BEGIN local-cloud ${account} (its public names; removed with its last resource)
198.18.0.10 a.example
198.18.0.11 b.example
# END local-cloud ${account}
`,
  );
});

test("what was written is read again", () => {
  assert.deepEqual(namesIn(withNames(hosts, account, names), account), new Map([...names].sort()));
});

test("without names the file is as it was", () => {
  assert.equal(withNames(withNames(hosts, account, names), account, new Map()), hosts);
});

test("a block that is replaced stays where it is, and the lines after it stay", () => {
  const text = `${withNames(hosts, account, names)}10.0.0.2 later\n`;
  const changed = withNames(text, account, new Map([["c.example", "198.18.0.12"]]));
  assert.deepEqual([...namesIn(changed, account)], [["c.example", "198.18.0.12"]]);
  assert.ok(changed.startsWith(hosts) && changed.endsWith("10.0.0.2 later\n"));
});

test("two accounts keep out of each other's block", () => {
  const both = withNames(withNames(hosts, account, names), other, new Map([["x.example", "198.18.1.10"]]));
  assert.equal(namesIn(both, account).size, 2);
  assert.deepEqual([...namesIn(withNames(both, account, new Map()), other)], [["x.example", "198.18.1.10"]]);
});

test("a file without a last line break gets one", () => {
  assert.match(withNames("127.0.0.1 localhost", account, names), /^127\.0\.0\.1 localhost\n# BEGIN/);
});

test("a block whose end was lost takes no foreign line with it", () => {
  const broken = withNames(hosts, account, names).replace(/# END.*\n/, "") + "10.0.0.2 later-and.more\n::1 localhost\n";
  assert.match(withNames(broken, account, new Map()), /::1 localhost\n$/);
});
