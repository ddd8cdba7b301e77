import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../declared.ts";
import type { SwarmSight } from "../sight.ts";
import { declared, wellSwarm } from "../testing.ts";
import { checkAuthority } from "./authority.ts";

/** Returns what is found after a change of the Swarm. */
function found(change: (swarm: SwarmSight) => void): string[] {
  const swarm = wellSwarm();
  change(swarm);
  return checkAuthority(declared, { swarm }, "up").map(({ what }) => what);
}

test("tokens that the program knows, and an authority that all nodes have, are well", () => {
  assert.deepEqual(
    found(() => undefined),
    [],
  );
});

test("a token that was rotated by hand is told; one that the program never read is not", () => {
  const rotated = ["the join token of workers was rotated by hand, so no new host joins"];
  assert.deepEqual(
    found(({ tokens }) => (tokens.worker = digestOf("another"))),
    rotated,
  );
  assert.deepEqual(
    found(({ tokens }) => (tokens.manager = digestOf("another"))),
    [],
  );
});

test("a node that a rotation of the authority waits for is told", () => {
  const behind = ({ nodes: [, worker], authority }: SwarmSight, rotating: boolean) => {
    assert.ok(worker);
    worker.Description.TLSInfo.CertIssuerPublicKey = "OLD";
    authority.rotating = rotating;
  };
  assert.deepEqual(
    found((swarm) => {
      behind(swarm, true);
    }),
    ["worker-1 (ready) has no certificate of the Swarm's new authority, and the rotation waits for it"],
  );
  assert.deepEqual(
    found((swarm) => {
      behind(swarm, false);
    }),
    [],
  );
});
