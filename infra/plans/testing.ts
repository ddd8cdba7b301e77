import type { HostScriptValues } from "./user-data.ts";

/** Values of a worker's first boot, with the agent of SSM Session Manager. */
export const WORKER_VALUES: HostScriptValues = {
  hostName: "worker-1",
  generation: 1,
  region: "ap-northeast-2",
  hostKeyParameter: "/gifticon-event/test/worker-1/host-key",
  registry: "registry.example",
  leavePublicKey: "ssh-ed25519 AAAA",
  sessionManager: true,
};
