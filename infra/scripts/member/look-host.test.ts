import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { topicValues } from "../../drift/host-look.ts";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/** An engine with the images of $IMAGES, and with the broker $BROKER, which tells $DIFFERENCES. */
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

/** Returns the answer of a host that is to have the images api@1 and issuer@1. */
async function look({ images = "api@1 issuer@1", broker = "", differences = "", topics, engine }: Situation) {
  await using host = await ScratchHost.make({ docker: DOCKER });
  await writeFile(join(host.folder, "wanted-images"), "api@1\nissuer@1\n");
  const script = renderScript("infra/scripts/member/look-host.sh", topicValues(topics ?? ["coupon_create:1"]));
  const environment = { IMAGES: images, BROKER: broker, DIFFERENCES: differences, ENGINE: engine ?? "answers" };
  return JSON.parse(await host.run(script, environment)) as { missingImages: string[] | null; topics: string[] | null };
}

test("a host tells which of its images are gone", async () => {
  assert.deepEqual((await look({})).missingImages, []);
  assert.deepEqual((await look({ images: "api@1" })).missingImages, ["issuer@1"]);
  assert.deepEqual((await look({ images: "" })).missingImages, ["api@1", "issuer@1"]);
});

test("an engine that doesn't answer tells nothing of images", async () => {
  assert.equal((await look({ engine: "silent" })).missingImages, null);
});

test("the broker's host tells how topics differ from the declared ones; other hosts, and other modes, nothing", async () => {
  assert.deepEqual((await look({ broker: "b1" })).topics, []);
  const differences = "coupon_create missing\\ncoupon_create.dlt fewer 1 2\\n";
  assert.deepEqual((await look({ broker: "b1", differences })).topics, [
    "coupon_create missing",
    "coupon_create.dlt fewer 1 2",
  ]);
  assert.equal((await look({})).topics, null);
  assert.equal((await look({ broker: "b1", topics: [] })).topics, null);
});

test("a broker that doesn't answer tells nothing", async () => {
  assert.equal((await look({ broker: "b2" })).topics, null);
});
