import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { topicValues } from "../../drift/host-observation.ts";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/**
 * Engine with the images $IMAGES, and with the broker $BROKER, whose topics differ by $DIFFERENCES.
 */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  "image inspect"*)
    [[ $ENGINE == answers ]] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
    [[ " $IMAGES " == *" \${*: -1} "* ]] || { echo "Error response from daemon: No such image: \${*: -1}" >&2; exit 1; }
    ;;
  "ps "*"com.docker.swarm.service.name=kafka_kafka") echo "$BROKER" ;;
  "exec --env BOOTSTRAP_SERVERS=kafka:19092 b1 declare-topics --check coupon_create:1") printf '%b' "$DIFFERENCES" ;;
  *) exit 1 ;;
esac
`;

interface Situation {
  images?: string;
  broker?: string;
  differences?: string;
  topics?: string[];
  engine?: string;
}

/** Returns the observation of a host that shall have the images api@1 and issuer@1. */
async function observe({ images = "api@1 issuer@1", broker = "", differences = "", topics, engine }: Situation) {
  await using host = await ScratchHost.make({ docker: DOCKER });
  await writeFile(join(host.folder, "wanted-images"), "api@1\nissuer@1\n");
  const script = renderScript("infra/scripts/member/observe-host.sh", topicValues(topics ?? ["coupon_create:1"]));
  const environment = { IMAGES: images, BROKER: broker, DIFFERENCES: differences, ENGINE: engine ?? "answers" };
  return JSON.parse(await host.run(script, environment)) as { missingImages: string[] | null; topics: string[] | null };
}

test("a host reports its missing images", async () => {
  assert.deepEqual((await observe({})).missingImages, []);
  assert.deepEqual((await observe({ images: "api@1" })).missingImages, ["issuer@1"]);
  assert.deepEqual((await observe({ images: "" })).missingImages, ["api@1", "issuer@1"]);
});

test("a host whose engine does not answer reports no images", async () => {
  assert.equal((await observe({ engine: "silent" })).missingImages, null);
});

test("only the broker's host reports how topics differ, and only when topics are declared", async () => {
  assert.deepEqual((await observe({ broker: "b1" })).topics, []);
  const differences = "coupon_create missing\\ncoupon_create.dlt fewer 1 2\\n";
  assert.deepEqual((await observe({ broker: "b1", differences })).topics, [
    "coupon_create missing",
    "coupon_create.dlt fewer 1 2",
  ]);
  assert.equal((await observe({})).topics, null);
  assert.equal((await observe({ broker: "b1", topics: [] })).topics, null);
});

test("a host whose broker does not answer reports no topics", async () => {
  assert.equal((await observe({ broker: "b2" })).topics, null);
});
