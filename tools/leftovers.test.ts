import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";

const [begin, first, second, end] = [
  "# BEGIN local-cloud 000000000001 (its public names; removed with its last resource)",
  "198.18.0.10 000000000001.dkr.ecr.ap-northeast-2.amazonaws.com",
  "198.18.0.11 api-1.ap-northeast-2.elb.amazonaws.com",
  "# END local-cloud 000000000001",
] as const;
const above = ["127.0.0.1 localhost", "10.0.0.1 mine.example"];
const other = [begin, first, end].map((line) => line.replaceAll("0001", "0002"));
const below = ["10.0.0.2 later.example", ...other, "::1 ip6-localhost"];

async function cleaned(block: readonly string[]): Promise<string[]> {
  const script = 'checkout=x; source tools/leftovers.sh; without_block "$1"';
  const input = [...above, ...block, ...below].map((line) => `${line}\n`).join("");
  return (await execa("bash", ["-euc", script, "bash", "000000000001"], { input })).stdout.split("\n");
}

for (const [state, block] of [
  ["whole", [begin, first, second, end]],
  ["without its end", [begin, first, second]],
  ["without its begin", [first, second, end]],
  ["without its begin and its names", [end]],
  ["absent", []],
] as const) {
  test(`./run clean removes a block that is ${state} from a hosts file, and no other line`, async () => {
    assert.deepEqual(await cleaned(block), [...above, ...below]);
  });
}
