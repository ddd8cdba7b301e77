import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn, withHostsFile, withNames } from "./public-names.ts";

const account = "000000000001";
const other = "000000000002";
const hosts = "127.0.0.1 localhost\n# a comment\n10.0.0.1 other\n";
const names = new Map([
  ["b.example", "198.18.0.11"],
  ["a.example", "198.18.0.10"],
]);

test("the names of an account are appended as a marked, sorted block", () => {
  assert.equal(
    withNames(hosts, account, names),
    `${hosts}# BEGIN local-cloud ${account} (its public names; removed with its last resource)
198.18.0.10 a.example
198.18.0.11 b.example
# END local-cloud ${account}
`,
  );
});

test("names that were written can be read again", () => {
  assert.deepEqual(namesIn(withNames(hosts, account, names), account), new Map([...names].sort()));
});

test("without names the file is the same as before", () => {
  assert.equal(withNames(withNames(hosts, account, names), account, new Map()), hosts);
});

test("a replaced block keeps its place, and the lines after it stay", () => {
  const text = `${withNames(hosts, account, names)}10.0.0.2 later\n`;
  const changed = withNames(text, account, new Map([["c.example", "198.18.0.12"]]));
  assert.deepEqual([...namesIn(changed, account)], [["c.example", "198.18.0.12"]]);
  assert.ok(changed.startsWith(hosts) && changed.endsWith("10.0.0.2 later\n"));
});

test("an account does not change the block of another account", () => {
  const both = withNames(withNames(hosts, account, names), other, new Map([["x.example", "198.18.1.10"]]));
  assert.equal(namesIn(both, account).size, 2);
  assert.deepEqual([...namesIn(withNames(both, account, new Map()), other)], [["x.example", "198.18.1.10"]]);
});

test("a file without a last line break gets one", () => {
  assert.match(withNames("127.0.0.1 localhost", account, names), /^127\.0\.0\.1 localhost\n# BEGIN/);
});

test("removing a block that lost its end removes no other line", () => {
  const broken = withNames(hosts, account, names).replace(/# END.*\n/, "") + "10.0.0.2 later-and.more\n::1 localhost\n";
  assert.match(withNames(broken, account, new Map()), /::1 localhost\n$/);
});

const block = withNames("", account, names);
const [begin = "", first = "", second = "", end = ""] = block.split(/(?<=\n)/);

for (const [lost, rest] of [
  ["its begin", first + second + end],
  ["its begin and a name", second + end],
  ["its end", begin + first + second],
  ["its end and a name", begin + first],
  ["all but its begin", begin],
  ["all but its end", end],
  ["its marks", first + second],
  ["nothing, but stands twice", block + block],
  ["a name, and whose end stands twice", begin + first + end + end],
] as const) {
  test(`a block that lost ${lost} is repaired and stands once, and other lines stay`, () => {
    const around = (middle: string) => `${hosts}${middle}10.0.0.2 later-and.more\n::1 ip6-localhost\n`;
    assert.equal(withNames(around(rest), account, names).replaceAll(block, ""), around(""));
    assert.equal(withNames(around(rest), account, names).split(block).length, 2);
  });
}

test("an older address of a name outside of the block is removed, because resolvers use the first line", () => {
  const text = withNames(`198.18.0.77 a.example\n${hosts}`, account, names);
  assert.equal(text, `${hosts}${block}`);
});

test("a line of the user that holds one of the names among others stays", () => {
  const own = "127.0.0.1 mine a.example\n";
  assert.ok(withNames(own, account, names).startsWith(own));
});

test("an end without its begin is removed with the names of AWS above it, and no other line", () => {
  const orphan = `10.0.0.1 mine.example\n198.18.0.10 old.elb.amazonaws.com\n${end}`;
  assert.equal(withNames(orphan, account, new Map()), "10.0.0.1 mine.example\n");
});

test("another process waits until the hosts file is free", async () => {
  // A second instance of the module shares no memory with the first, like another process.
  const second = new URL("./public-names.ts?second", import.meta.url).href;
  const other = (await import(second)) as { withHostsFile: typeof withHostsFile };
  const order: string[] = [];
  let waiting: Promise<unknown> | undefined;
  await withHostsFile(async () => {
    waiting = other.withHostsFile(() => Promise.resolve(order.push("second")));
    await new Promise(setImmediate);
    order.push("first");
  });
  await waiting;
  assert.deepEqual(order, ["first", "second"]);
});

test("the hosts file is free again after an error", async () => {
  await assert.rejects(
    withHostsFile(() => Promise.reject(new Error("planted"))),
    /planted/,
  );
  assert.equal(await withHostsFile(() => Promise.resolve(1)), 1);
});
