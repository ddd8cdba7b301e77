import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Case } from "../case.ts";
import { docker } from "../environment.ts";
import { timeIn } from "./evidence.ts";

/** A version that is nowhere: a host has to ask the registry for it. */
const NOWHERE = `sha256:${"0".repeat(64)}`;

export const entranceCases: readonly Case[] = [
  {
    name: "load-balancer-restarted",
    family: "load balancer",
    what: "the load balancer is killed and started again",
    fast: true,
    // It holds the clients' connections: they end with it.
    cuts: ["reset", "refused"],
    strike: async ({ environment, undo, proof }) => {
      const container = await environment.service("load balancer");
      const started = async () => timeIn(await docker(["inspect", "--format", "{{.State.StartedAt}}", container]));
      const before = await started();
      const start = undo(() => docker(["start", container]));
      await docker(["kill", container]);
      await start();
      const after = await started();
      if (after === before) throw new Error(`the load balancer was not restarted: it runs since ${before}`);
      proof(`the load balancer started at ${before}, and anew at ${after}`);
    },
  },
  {
    name: "registry-away",
    family: "registry",
    what: "an update of the API finds no registry: it is rolled back, and the old version serves",
    fast: true,
    only: [],
    strike: async ({ environment, until, undo, proof }) => {
      const registry = await environment.service("registry");
      const image = await environment.imageOf(SWARM_SERVICES.api);
      const start = undo(() => docker(["start", registry]));
      const back = undo(async () => {
        if ((await environment.imageOf(SWARM_SERVICES.api)) !== image)
          await environment.update(SWARM_SERVICES.api, ["--no-resolve-image", "--image", image]);
      });
      const known = new Set(await environment.errorsOf(SWARM_SERVICES.api));
      await docker(["stop", "--time", "2", registry]);
      const nowhere = image.replace(/@sha256:[0-9a-f]{64}$/, `@${NOWHERE}`);
      await environment.update(SWARM_SERVICES.api, ["--no-resolve-image", "--image", nowhere]);
      const error = await until("a task that fails for want of its image", async () => {
        return (await environment.errorsOf(SWARM_SERVICES.api)).find((one) => !known.has(one));
      });
      await until(
        "the roll-back",
        async () => (await environment.updateOf(SWARM_SERVICES.api)) === "rollback_completed",
      );
      const said = error.replace(NOWHERE, "sha256:0...").replace(/[^ /]+\//, "");
      proof(`the update failed with "${said}", and was rolled back`);
      await back();
      await start();
    },
  },
];
