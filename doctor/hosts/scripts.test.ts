import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { SERVICE_LABEL, SWARM_SERVICES, TASK_LABEL } from "@gifticon/contract/facts/names.ts";
import { digestOf } from "../declared.ts";
import { ScratchHost } from "../../infra/scripts/testing.ts";
import { findSshScript, hostScript, managerScript } from "./scripts.ts";

/** Runs the manager's script against an engine's API with these answers. */
async function runManagerScript(answers: Record<string, unknown>): Promise<Record<string, unknown>> {
  await using host = await ScratchHost.make();
  return JSON.parse(await host.run(managerScript(), { ANSWERS: JSON.stringify(answers) })) as Record<string, unknown>;
}

test("the manager's script prints nodes, services, tasks, authority and token digests", async () => {
  const answers = {
    "/info": { Swarm: { Error: "", LocalNodeState: "active" } },
    "/nodes": [{ ID: "n1" }],
    "/services?status=true": [{ ID: "s1" }],
    "/tasks": [{ ID: "t1", Slot: 1, Status: { State: "failed" }, Spec: { much: "more" } }],
    "/swarm": {
      ...{ JoinTokens: { Worker: "SWMTKN-w", Manager: "SWMTKN-m" }, RootRotationInProgress: true },
      TLSInfo: { CertIssuerPublicKey: "KEY" },
    },
  };
  const { clock, ...seen } = await runManagerScript(answers);
  assert.ok(Math.abs(Number(clock) - Date.now() / 1_000) < 60);
  assert.deepEqual(seen, {
    tasks: [{ ID: "t1", Slot: 1, Status: { State: "failed" } }],
    ...{ nodes: [{ ID: "n1" }], services: [{ ID: "s1" }], authority: { issuer: "KEY", rotating: true } },
    tokens: { worker: digestOf("SWMTKN-w"), manager: digestOf("SWMTKN-m") },
  });
});

test("the manager's script prints the error of a Swarm without a quorum", async () => {
  const answers = { "/info": { Swarm: { Error: "no leader", LocalNodeState: "active" } } };
  assert.deepEqual(await runManagerScript(answers), { error: "no leader", state: "active" });
});

test("the manager's script prints the state of a node that has left the Swarm or is no manager", async () => {
  const stateOf = (Swarm: object) => runManagerScript({ "/info": { Swarm: { Error: "", ...Swarm } } });
  const left = await stateOf({ LocalNodeState: "inactive", ControlAvailable: false });
  assert.deepEqual(left, { error: "", state: "inactive" });
  const demoted = await stateOf({ LocalNodeState: "active", ControlAvailable: false });
  assert.deepEqual(demoted, { error: "", state: "a worker" });
});

test("a host's script prints its state and the answers of the event's tasks", async () => {
  const docker = `#!/usr/bin/env bash
case "$*" in
  info*Error*) echo "certificate has expired" ;;
  info*) echo active ;;
  "ps "*${SWARM_SERVICES.broker}*status=exited*) echo b1 ;;
  "logs --tail 200 b1") echo "java.lang.RuntimeException: Invalid cluster.id in: meta.properties. Expected a, but read b" ;;
  "ps --quiet --filter label=${SERVICE_LABEL}=${SWARM_SERVICES.api}") echo c1 ;;
  "ps --all"*) printf '%s\\n' "c3 ${SWARM_SERVICES.issuer}" "c2 ${SWARM_SERVICES.issuer}" ;;
  "inspect c3") echo '[{"Config": {"Labels": {"${TASK_LABEL}": "t3"}}, "State": {"ExitCode": 1, "OOMKilled": false, "Health": {"Log": [{"Output": "first"}, {"Output": "not ready\\n"}]}}}]' ;;
  "logs --tail 3 c3") printf 'first\\n\\nError: no "schema"\\n' ;;
  "exec c1 node --eval"*) echo '{"ready": true}' ;;
esac
`;
  await using host = await ScratchHost.make({ docker });
  const state = JSON.parse(await host.run(hostScript(["coupon_create:1"]))) as Record<string, unknown>;
  assert.equal(state["swarm"], "active");
  assert.equal(state["swarmError"], "certificate has expired");
  assert.deepEqual(state["ends"], [
    { task: "t3", exitCode: 1, outOfMemory: false, lastLines: 'first | Error: no "schema"', lastCheck: "not ready" },
  ]);
  assert.equal(state["brokerEnd"], "Invalid cluster.id in: meta.properties. Expected a, but read b");
  assert.deepEqual([state["missingImages"], state["topics"], state["brokers"]], [[], null, 0]);
  assert.deepEqual(state["tasks"], [{ service: SWARM_SERVICES.api, ready: true }]);
});

test("a host's script prints the part of the root disk that is in no partition", async () => {
  const unusedBytes = async (device: string) => {
    const lsblk = `#!/usr/bin/env bash
case "$*" in
  *PKNAME*/dev/nvme0n1p1) echo nvme0n1 ;;
  *SIZE,TYPE*/dev/nvme0n1) printf '%s\\n' "21474836480 disk" "8456732160 part" "3145728 part" "130023424 part" ;;
  *) exit 32 ;;
esac
`;
    const findmnt = `#!/usr/bin/env bash\necho ${device}\n`;
    await using host = await ScratchHost.make({ docker: "#!/usr/bin/env bash\n", lsblk, findmnt });
    return (JSON.parse(await host.run(hostScript(["coupon_create:1"]))) as { unusedBytes: number }).unusedBytes;
  };
  assert.equal(await unusedBytes("/dev/nvme0n1p1"), 12_884_935_168);
  assert.equal(await unusedBytes("overlay"), 0);
});

test("an engine that hangs is reported soon, like one that is off", { timeout: 20_000 }, async () => {
  await using host = await ScratchHost.make({ docker: "#!/usr/bin/env bash\nexec sleep 60\n" });
  const state = JSON.parse(await host.run(hostScript(["coupon_create:1"]), { ENGINE_SECONDS: "1" })) as object;
  assert.deepEqual(
    { ...state, clock: 0, certificate: "", disks: [], unusedBytes: 0, patched: 0 },
    {
      ...{
        clock: 0,
        certificate: "",
        disks: [],
        unusedBytes: 0,
        patched: 0,
        swarm: "",
        swarmError: "",
        tasks: [],
        ends: [],
      },
      ...{ missingImages: [], topics: null, brokers: 0, brokerEnd: "", transactions: null },
    },
  );
  await assert.rejects(host.run(managerScript(), { ENGINE_SECONDS: "1" }), /its Docker engine doesn't answer/);
});

test("the broker's host prints the open transactions of the requested partitions", async () => {
  const docker = `#!/usr/bin/env bash
case "$*" in
  "ps --quiet --filter label=${SERVICE_LABEL}=${SWARM_SERVICES.broker}") echo b1 ;;
  "exec b1 open-transactions list coupon_create 0 2") printf '%s\\n' "0 1000 17 1 batch" "2 1000 3 1 batch" ;;
esac
`;
  await using host = await ScratchHost.make({ docker });
  const transactions = async (held?: string[]) =>
    (JSON.parse(await host.run(hostScript(["coupon_create:3"], held))) as Record<string, unknown>)["transactions"];
  assert.deepEqual(await transactions(["0", "2"]), ["0 1000 17 1 batch", "2 1000 3 1 batch"]);
  assert.equal(await transactions(), null);
});

test("find-ssh prints only the addresses with an SSH server that greets", async () => {
  const [sshd, silent, other] = ["SSH-2.0-OpenSSH_10.0\r\n", "", "HTTP/1.1 200 OK\r\n"].map((greeting) =>
    createServer((socket) => socket.on("error", () => undefined).end(greeting)),
  );
  assert.ok(sshd && silent && other);
  await once(sshd.listen(0, "127.0.0.1"), "listening");
  const { port } = sshd.address() as AddressInfo;
  await once(silent.listen(port, "127.0.0.2"), "listening");
  await once(other.listen(port, "127.0.0.3"), "listening");
  try {
    await using host = await ScratchHost.make();
    const addresses = [1, 2, 3, 4].map((part) => `127.0.0.${part}`);
    assert.equal(await host.run(findSshScript(addresses, port)), "127.0.0.1");
  } finally {
    for (const server of [sshd, silent, other]) server.close();
  }
});
