import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { inStack, SERVICE_LABEL, STACK_LABEL, STACKS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { HOST_FOLDER } from "@gifticon/contract/facts/paths.ts";
import { TOPIC } from "@gifticon/contract/facts/queue.ts";
import { withHostsFile } from "local-cloud/engine/public-names.ts";
import { runOnHost } from "../../operate/local-hosts.ts";
import type { LocalStack } from "../../operate/local-stack.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { INTERNAL_LISTENER } from "../../stacks/broker.ts";
import type { Step } from "../support/story.ts";

type Stack = Pick<LocalStack, "account" | "doctor" | "command">;

/**
 * Replaces the certificate of a worker's node by an expired one, while its engine is off. Swarm
 * issues no certificate for less than an hour.
 */
const EXPIRE = `set -e
systemctl stop docker.socket docker
cd /var/lib/docker/swarm/certificates
openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=swarm/OU=swarm-worker/CN=node \\
  -not_before 20200101000000Z -not_after 20200102000000Z -keyout /tmp/key.pem -out /tmp/certificate.pem 2>/dev/null
cat /tmp/key.pem >swarm-node.key
cat /tmp/certificate.pem >swarm-node.crt
systemctl start docker`;

/** Removes a worker's images, and stops the timer by which the host would pull them again. */
const PRUNE_FOR_GOOD =
  "systemctl stop restore-images.timer restore-images.service && docker system prune --all --force";

const IMAGE = "{{.Spec.TaskTemplate.ContainerSpec.Image}}";

/**
 * The doctor notes for a day that the topic is another one, because no issuer ran that could tell
 * what waited in the deleted one.
 */
const REPLACED_TOPIC =
  /^- +topic coupon_create was deleted and created again before .*; next: docs\/troubleshooting\.md/;

/** Causes faults of a running environment by hand, and runs an operator's commands. */
class Losses {
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Returns the doctor's lines about faults. */
  async findings(): Promise<string[]> {
    const { lines } = await this.#stack.doctor();
    return lines.filter((line) => !/^(ok|-) /.test(line));
  }

  /** Waits until the doctor reports each of these faults with its next step. */
  async reports(faults: readonly RegExp[]): Promise<void> {
    let lines: string[] = [];
    await waitUntil("the doctor to name each fault with its step", async () => {
      lines = await this.findings();
      return faults.every((fault) => lines.some((line) => fault.test(line)));
    }).catch((error: unknown) => {
      const missing = faults.filter((fault) => !lines.some((line) => fault.test(line)));
      throw new Error(`${missing.map(String).join(", ")} not among:\n${lines.join("\n")}`, { cause: error });
    });
  }

  /** Waits until the doctor finds no fault, exits with 0 and notes each of these. */
  async reportsNoFault(notes: readonly RegExp[]): Promise<void> {
    let lines: string[] = [];
    await waitUntil("the doctor to find no fault", async () => {
      const report = await this.#stack.doctor();
      lines = report.lines;
      return report.exitCode === 0 && notes.every((note) => lines.some((line) => note.test(line)));
    }).catch((error: unknown) => {
      throw new Error(`${notes.map(String).join(", ")} not without faults in:\n${lines.join("\n")}`, { cause: error });
    });
  }

  async up(): Promise<void> {
    await this.#stack.command("up");
  }

  async on(host: string, script: string): Promise<string> {
    return runOnHost(this.#stack.account, host, ["bash", "-c", script]);
  }

  async onManager(...command: string[]): Promise<string> {
    return runOnHost(this.#stack.account, "manager", ["docker", ...command]);
  }

  /** Removes the local cloud's lines from /etc/hosts, as WSL does at each start. */
  async rewriteHosts(): Promise<void> {
    const block = new RegExp(`# BEGIN local-cloud ${this.#stack.account}.*\\n(?:.*\\n)*?# END.*\\n`);
    await withHostsFile(async () => {
      await writeFile("/etc/hosts", (await readFile("/etc/hosts", "utf8")).replace(block, ""));
    });
  }

  /** Adds a service to a stack, without tasks. */
  async addService(): Promise<void> {
    const image = await this.onManager("service", "inspect", "--format", IMAGE, SWARM_SERVICES.api);
    await this.onManager(
      ...["service", "create", "--detach", "--quiet", "--no-resolve-image", "--replicas", "0"],
      ...["--label", `${STACK_LABEL}=${STACKS.event}`, "--name", inStack(STACKS.event, "other"), image],
    );
  }

  async deleteTopic(): Promise<void> {
    const broker = `$(docker ps --quiet --filter label=${SERVICE_LABEL}=${SWARM_SERVICES.broker})`;
    const tool = "kafka-tool org.apache.kafka.tools.TopicCommand";
    await this.on(
      "kafka",
      `docker exec --env BOOTSTRAP_SERVERS=${INTERNAL_LISTENER} ${broker} ${tool} --delete --topic ${TOPIC}`,
    );
  }

  /** Removes ZooKeeper's volume, as the loss of a disk does, and starts both servers again. */
  async loseZooKeeper(): Promise<void> {
    const scale = (tasks: number) =>
      this.onManager(
        ...["service", "scale", "--detach"],
        ...[`${SWARM_SERVICES.broker}=${tasks}`, `${SWARM_SERVICES.zookeeper}=${tasks}`],
      );
    await scale(0);
    await waitUntil("ZooKeeper's volume to be free", async () => {
      await this.on("kafka", "docker container prune --force && docker volume rm kafka_zookeeper");
      return true;
    });
    await scale(1);
  }

  /** Follows the procedure of docs/troubleshooting.md, except for its last step, the up. */
  async forgetZooKeeper(): Promise<void> {
    await this.onManager("service", "scale", "--detach", `${SWARM_SERVICES.broker}=0`);
    await this.on(
      "kafka",
      "find /var/lib/docker/volumes/kafka_kafka/_data \\( -name meta.properties -o -name partition.metadata \\) -delete",
    );
  }
}

/**
 * Tests changes that operators and their tools make to a Swarm outside of the program. Each step
 * makes several faults at once, because each run of the doctor and each up take time.
 */
export function lossSteps(step: Step, stack: Stack): void {
  const losses = new Losses(stack);

  step("brings back a worker that was off while the Swarm's authority was rotated", async () => {
    await losses.on("worker-2", "systemctl stop docker.socket docker");
    await losses.onManager("swarm", "ca", "--rotate", "--detach", "--quiet");
    await losses.reports([
      /worker-2 \(\w+\) has no certificate of the Swarm's new authority.*; next: start its host or engine/,
      /worker-2: its Docker engine doesn't answer; next: on worker-2: sudo systemctl restart docker$/,
    ]);
    await losses.on("worker-2", "systemctl restart docker");
    await losses.on("manager", "systemctl stop docker.socket docker");
    await losses.reports([
      /the manager can't report the Swarm's state: .*; next: on the manager: sudo systemctl restart docker$/,
    ]);
    await losses.on("manager", "systemctl restart docker");
    await waitUntil("the rotation to end", async () => {
      const rotating = await losses.onManager("info", "--format", "{{.Swarm.Cluster.RootRotationInProgress}}");
      return rotating === "false";
    });
  });

  step("mends with one up: a crash loop, a deleted topic, rotated tokens and a rewritten /etc/hosts", async () => {
    await losses.onManager("swarm", "join-token", "--rotate", "--quiet", "worker");
    await losses.onManager(
      ...["service", "update", "--detach", "--quiet", "--update-failure-action", "continue"],
      ...["--env-add", "DATABASE_POOL_SIZE=many", SWARM_SERVICES.issuer],
    );
    await losses.addService();
    await losses.deleteTopic();
    await losses.rewriteHosts();
    await losses.reports([
      /gifticon-issuer crash-loops: \d+ tasks ended within \d+ s, .*its last lines: .*DATABASE_POOL_SIZE.*; next: .*up restores it$/,
      /topic coupon_create is missing; requests that waited in it, if any, are lost; next: .*up creates it again$/,
      /service gifticon_other is not in the file of stack gifticon; next: .*up removes it$/,
      /^follows {2}gifticon_main-api on worker-\d is not ready: /,
      /the join token of workers was rotated by hand, so no new host joins; next: .*up reads it again$/,
    ]);
    await losses.up();
    await losses.reportsNoFault([REPLACED_TOPIC]);
  });

  step("pulls the images that a host lost again, without an up", async () => {
    const lost = await losses.on("worker-2", "docker system prune --all --force");
    assert.match(lost, /untagged: \S+@sha256:/);
    await waitUntil("worker-2 to have all its images again", async () => {
      await losses.on("worker-2", `xargs --max-args 1 docker image inspect <${HOST_FOLDER}/wanted-images`);
      return true;
    });
  });

  step("mends lost images, an expired certificate and ZooKeeper's lost volume by the doctor's steps", async () => {
    await losses.on("worker-1", EXPIRE);
    await losses.loseZooKeeper();
    for (const worker of ["worker-2", "worker-3"]) await losses.on(worker, PRUNE_FOR_GOOD);
    await losses.reports([
      /worker-1: its node is in state error in the Swarm \(.*certificate has expired.*\); next: .*up joins it again$/,
      /worker-[23] lacks the image \S+, which tasks there may need; next: .*up pulls it again$/,
      /the broker doesn't start, .*Invalid cluster\.id.*; next: docs\/troubleshooting\.md, "ZooKeeper's volume is lost"/,
    ]);
    await losses.forgetZooKeeper();
    await losses.up();
    for (const worker of ["worker-2", "worker-3"]) await losses.on(worker, "systemctl start restore-images.timer");
    await losses.reportsNoFault([]);
  });
}
