import assert from "node:assert/strict";
import { test } from "node:test";
import { getInstanceTypeOfferings } from "./get-instance-type-offerings.ts";

/** Calls the function as the server does: with parsed inputs. */
const offerings = (given: object) =>
  getInstanceTypeOfferings.invoke(getInstanceTypeOfferings.inputs.parse(given), {
    preview: false,
    signal: new AbortController().signal,
  });

test("a filter by type lists the zones that offer it, as parallel lists", async () => {
  const found = await offerings({
    locationType: "availability-zone",
    filters: [
      { name: "instance-type", values: ["t3.micro", "c7i.large"] },
      { name: "location", values: ["ap-northeast-2a", "ap-northeast-2b"] },
    ],
  });
  assert.deepEqual(found["instanceTypes"], ["t3.micro", "t3.micro", "c7i.large", "c7i.large"]);
  assert.deepEqual(found["locations"], ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2a", "ap-northeast-2b"]);
});

test("without a type of location, each type is listed once for the region", async () => {
  const found = await offerings({ filters: [{ name: "instance-type", values: ["t3.micro"] }] });
  assert.deepEqual([found["instanceTypes"], found["locations"]], [["t3.micro"], ["ap-northeast-2"]]);
});

test("filters without a match are an error, as in the real provider", () => {
  assert.throws(
    () => void offerings({ filters: [{ name: "instance-type", values: ["x9.huge"] }] }),
    /no EC2 instance type offerings match/,
  );
});
