import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Case } from "../case.ts";
import { containerOf } from "../environment/aws-services.ts";
import { docker } from "../environment/docker.ts";
import { timeOf } from "./format.ts";

/** Digest of an image that doesn't exist. A host has to ask the registry for it. */
const UNKNOWN_DIGEST = `sha256:${"0".repeat(64)}`;

export const loadBalancerCases: readonly Case[] = [
  {
    name: "load-balancer-restarted",
    family: "load balancer",
    description: "kills the load balancer and starts it again",
    fast: true,
    // The clients' connections end with it.
    allowedDisconnects: ["reset", "refused"],
    inject: async ({ environment, undo, observed }) => {
      const container = await containerOf(environment.account, "load balancer");
      const started = async () => timeOf(await docker(["inspect", "--format", "{{.State.StartedAt}}", container]));
      const before = await started();
      const start = undo(() => docker(["start", container]));
      await docker(["kill", container]);
      await start();
      const after = await started();
      if (after === before) throw new Error(`the load balancer was not restarted: it has run since ${before}`);
      observed(`the load balancer started at ${before} and again at ${after}`);
    },
  },
  {
    name: "registry-away",
    family: "registry",
    description: "updates the API without a registry: the update is rolled back and the old version serves",
    fast: true,
    allowedErrors: [],
    inject: async ({ environment, until, undo, observed }) => {
      const registry = await containerOf(environment.account, "registry");
      const image = await environment.swarm.imageOf(SWARM_SERVICES.api);
      const start = undo(() => docker(["start", registry]));
      const back = undo(async () => {
        if ((await environment.swarm.imageOf(SWARM_SERVICES.api)) !== image)
          await environment.swarm.update(SWARM_SERVICES.api, ["--no-resolve-image", "--image", image]);
      });
      const known = new Set(await environment.swarm.errorsOf(SWARM_SERVICES.api));
      await docker(["stop", "--time", "2", registry]);
      const nowhere = image.replace(/@sha256:[0-9a-f]{64}$/, `@${UNKNOWN_DIGEST}`);
      await environment.swarm.update(SWARM_SERVICES.api, ["--no-resolve-image", "--image", nowhere]);
      const error = await until("a task that fails because its image is missing", async () => {
        return (await environment.swarm.errorsOf(SWARM_SERVICES.api)).find((one) => !known.has(one));
      });
      await until(
        "the roll-back",
        async () => (await environment.swarm.updateOf(SWARM_SERVICES.api)) === "rollback_completed",
      );
      const said = error.replace(UNKNOWN_DIGEST, "sha256:0...").replace(/[^ /]+\//, "");
      observed(`the update failed with "${said}", and was rolled back`);
      await back();
      await start();
    },
  },
];
