import { healthyOnceReady, type Check, type Operations } from "@gifticon/runtime/operations.ts";
import type { Kafka } from "kafkajs";
import type { Logger } from "pino";
import type { PartitionLag } from "../lag.ts";
import { ConsumerLoop } from "./consumer-loop.ts";
import { openSession, type ConsumerSession, type SessionEvents, type SessionHandler } from "./consumer-session.ts";
import { LagWatch } from "./lag-watch.ts";
import { Progress } from "./progress.ts";

/** Parts of a service that consumes a topic. */
export interface GroupConsumerArgs {
  /** Makes a new client. Each session and the lag's reader have one of their own. */
  connect: () => Kafka;
  topic: string;
  /** The service's own consumer group. Two services in one group would share the records. */
  groupId: string;
  /** Makes the handler for a session. The handler reports each piece of work to the progress. */
  handlerOf: (session: ConsumerSession, progress: Progress) => SessionHandler;
  /** Checks what the handler needs before it can work, such as the database. */
  dependencies: Check;
  /**
   * Receives the lag and the number of dead letters every few seconds. Undefined means that the
   * broker doesn't answer.
   */
  onLag?: (lag: PartitionLag[] | undefined, letters: number | undefined) => void;
  log: Logger;
  /** Opens a session. Tests replace it. */
  open?: typeof openSession;
}

/**
 * Consumes a topic as a member of a consumer group, and reports its health.
 *
 * The consumer is ready while its dependencies are, and while it is a member of the group. It is
 * healthy once it was ready and has handled a record, or none waited for it. The broker's lag tells
 * the latter. So a task also becomes healthy on an idle topic, and the Swarm keeps it.
 */
export class GroupConsumer {
  readonly #loop: ConsumerLoop;
  readonly #lagWatch: LagWatch;
  readonly #progress = new Progress();
  #report: { lag: PartitionLag[] | undefined } | undefined;
  /** The checks for `registerOperations`. */
  readonly checks: Pick<Operations, "health" | "readiness">;

  constructor(args: GroupConsumerArgs) {
    const { connect, topic, groupId, handlerOf, dependencies, onLag, log, open = openSession } = args;
    this.#loop = new ConsumerLoop(
      (events) => open(connect(), topic, groupId, this.#watched(events)),
      (session) => handlerOf(session, this.#progress),
      this.#progress,
      log,
    );
    const report = (lag: PartitionLag[] | undefined, letters: number | undefined) => {
      this.#report = { lag };
      onLag?.(lag, letters);
      this.#recordIdleness();
    };
    this.#lagWatch = new LagWatch(connect, topic, groupId, report, log);
    const readiness = async () => {
      const result = await dependencies();
      return result.ok ? this.#loop.state : result;
    };
    this.checks = healthyOnceReady(
      readiness,
      () => this.#progress.health,
      () => this.#progress.proven,
    );
  }

  /** Starts consuming and reading the lag in the background. */
  start(): void {
    this.#lagWatch.start();
    this.#loop.start();
  }

  /** Finishes the work in progress, commits its offset and leaves the group. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#lagWatch.stop();
  }

  /** Returns the events with a check for waiting records after each assignment of partitions. */
  #watched(events: SessionEvents): SessionEvents {
    return {
      ...events,
      joined: (partitions) => {
        events.joined(partitions);
        this.#recordIdleness();
      },
    };
  }

  #recordIdleness(): void {
    if (this.#report !== undefined && !waits(this.#report.lag, this.#loop)) this.#progress.worked();
  }
}

/**
 * Returns whether readable records wait for this consumer: in its partitions, or in any partition
 * while it isn't in the group. Returns false while the lag is unknown.
 */
function waits(lag: PartitionLag[] | undefined, { state, partitions }: ConsumerLoop): boolean {
  return (
    lag?.some(({ partition, behind, held }) => behind > held && (!state.ok || partitions.includes(partition))) ?? false
  );
}
