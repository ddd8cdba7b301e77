import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../declared.ts";
import type { SwarmObservation } from "../observation.ts";
import { declared, healthySwarm } from "../testing.ts";
import { checkAuthority } from "./authority.ts";

/** Returns the findings after a change of a healthy Swarm. */
function found(change: (swarm: SwarmObservation) => void): string[] {
  const swarm = healthySwarm();
  change(swarm);
  return checkAuthority(declared, { swarm }, "up").map(({ what }) => what);
}

test("finds no fault in known join tokens and an authority that all nodes have", () => {
  assert.deepEqual(
    found(() => undefined),
    [],
  );
});

test("finds a join token that was rotated by hand, unless the program never read it", () => {
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

test("finds a node that a rotation of the certificate authority waits for", () => {
  const behind = ({ nodes: [, worker], authority }: SwarmObservation, rotating: boolean) => {
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
