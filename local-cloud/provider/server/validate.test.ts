import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { UNKNOWN, type Properties } from "../resource-type.ts";
import { validate } from "./validate.ts";
import { decode } from "./wire.ts";

const port = z.number().int().min(0, "must be 0 to 65535").max(65_535, "must be 0 to 65535");
const schema = z
  .strictObject({
    name: z.string().max(5, "must have 5 characters or less"),
    protocol: z.enum(["tcp", "udp"]).default("tcp"),
    ports: z.array(z.strictObject({ from: port, to: port.optional() })).optional(),
    source: z.union([z.strictObject({ cidr: z.string() }), z.strictObject({ group: z.string() })]).optional(),
    tags: z.record(z.string(), z.string()).optional(),
  })
  .refine(({ name, protocol }) => name !== protocol, { error: "must not be the protocol", path: ["name"] });

const failuresOf = (properties: Properties) =>
  validate(schema, properties, decode({}).secrets).failures.map(({ property, reason }) => `${property}: ${reason}`);

describe("validating inputs", () => {
  it("fills in defaults", () => {
    const { inputs, failures } = validate(schema, { name: "a" }, decode({}).secrets);
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, { name: "a", protocol: "tcp" });
  });

  it("names an unknown property and the allowed ones", () => {
    assert.deepEqual(failuresOf({ name: "a", prots: [], ports: [{ from: 1, till: 2 }] }), [
      "ports[0].till: unknown property; allowed: from, to",
      "prots: unknown property; allowed: name, protocol, ports, source, tags",
    ]);
  });

  it("names each wrong value with the rule and the value", () => {
    assert.deepEqual(
      failuresOf({ name: "too long", protocol: "icmp", ports: [{ from: 70_000 }], tags: { "a.b": 1 } }),
      [
        'name: must have 5 characters or less (got "too long")',
        'protocol: Invalid option: expected one of "tcp"|"udp" (got "icmp")',
        "ports[0].from: must be 0 to 65535 (got 70000)",
        'tags["a.b"]: Invalid input: expected string, received number (got 1)',
      ],
    );
  });

  it("names missing properties", () => {
    assert.deepEqual(failuresOf({ ports: [{}] }), [
      "name: is required: expected string",
      "ports[0].from: is required: expected number",
    ]);
  });

  it("shows no secret value", () => {
    const { secrets } = decode({
      name: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "too long" },
    });
    const { failures } = validate(schema, { name: "too long" }, secrets);
    assert.deepEqual(failures, [{ property: "name", reason: "must have 5 characters or less (got [secret])" }]);
  });

  it("accepts unknown values at any depth, and still fills in defaults and finds wrong values beside them", () => {
    const unknown: Properties = {
      name: UNKNOWN,
      ports: [{ from: UNKNOWN }, UNKNOWN],
      source: { cidr: UNKNOWN },
      tags: UNKNOWN,
    };
    const { inputs, failures } = validate(schema, unknown, decode({}).secrets);
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, { ...unknown, protocol: "tcp" });
    assert.deepEqual(failuresOf({ ...unknown, protocol: "icmp" }), [
      'protocol: Invalid option: expected one of "tcp"|"udp" (got "icmp")',
    ]);
  });

  it("checks rules across properties when all of them are known", () => {
    assert.deepEqual(failuresOf({ name: "tcp" }), ['name: must not be the protocol (got "tcp")']);
  });
});
