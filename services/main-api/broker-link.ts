import { setTimeout as delay } from "node:timers/promises";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";
import { withTimeout } from "@gifticon/runtime/with-timeout.ts";
import type { Message } from "kafkajs";
import type { Logger } from "pino";
import { OutcomeUnknownError, UnavailableError } from "./acceptor.ts";

/** A connection to the broker. After a failure, another one replaces it. */
export interface BrokerConnection {
  /** Connects. Fails when a partition of the topic has no leader. */
  open: () => Promise<void>;
  /** Writes once. Returns when all in-sync replicas have acknowledged. */
  send: (messages: Message[]) => Promise<void>;
  /** Fails when the broker doesn't answer or the topic has no leader. */
  probe: () => Promise<void>;
  /** Reads the lag of the issuer's group. */
  readLag: () => Promise<PartitionLag[]>;
  close: () => Promise<void>;
}

/** Time limits and intervals of the link, in milliseconds. */
export interface BrokerLinkTimes {
  /** Limit of a send with all its attempts. */
  send: number;
  /** Limit of opening, probing or closing a connection. */
  open: number;
  /** Interval between attempts to send, and to reconnect. */
  retry: number;
  /** Interval between probes of a healthy connection. */
  probe: number;
  /** Limit of reading the lag. */
  lag: number;
}

const BROKER_LINK_TIMES: BrokerLinkTimes = { send: 4_000, open: 5_000, retry: 250, probe: 2_000, lag: 2_000 };

const SEND_ATTEMPTS = 3;

/**
 * The link to the broker, up or down. While it is down, sends fail at once, and a loop in the
 * background reconnects. A failed connection is never used again: kafkajs clients may stay stuck
 * after a timeout (tulios/kafkajs#919). Requests on a closed connection may never settle, so every
 * wait has a time limit.
 */
export class BrokerLink {
  readonly #connect: () => BrokerConnection;
  readonly #log: Logger;
  readonly #times: BrokerLinkTimes;
  readonly #closing = new AbortController();
  #connection: BrokerConnection | undefined;
  #down: { reason: string; cause?: unknown } = { reason: "not connected yet" };
  #loop: Promise<void> | undefined;
  #wake: AbortController = new AbortController();

  constructor(connect: () => BrokerConnection, log: Logger, times: BrokerLinkTimes = BROKER_LINK_TIMES) {
    this.#connect = connect;
    this.#log = log;
    this.#times = times;
  }

  /** Reason why the link is down, or undefined while it is up. */
  get downReason(): string | undefined {
    return this.#connection === undefined ? this.#down.reason : undefined;
  }

  /** Returns the error for a message that is sent now; undefined while the link is up. */
  unavailable(): UnavailableError | undefined {
    return this.#connection === undefined ? this.#unavailable() : undefined;
  }

  /** Starts connecting in the background. */
  start(): void {
    this.#loop ??= this.#keepUp();
  }

  /**
   * Writes messages, within the time limit of a send.
   *
   * @throws UnavailableError at once when the link is down; OutcomeUnknownError when no attempt was
   *   acknowledged.
   */
  async send(messages: Message[]): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) throw this.#unavailable();
    try {
      await withTimeout(this.#attempt(connection, messages), this.#times.send, "writing to the broker");
    } catch (error) {
      this.#giveUp(connection, error as Error);
      throw new OutcomeUnknownError("the broker didn't acknowledge the request", { cause: error });
    }
  }

  /**
   * Reads the lag of the issuer's group in each partition, or undefined when it is unknown. Such a
   * failure keeps the connection: the group's coordinator may be unavailable while the topic
   * accepts records.
   */
  async readLag(): Promise<PartitionLag[] | undefined> {
    try {
      return await withTimeout(
        this.#connection?.readLag() ?? Promise.resolve(undefined),
        this.#times.lag,
        "reading the lag",
      );
    } catch (error) {
      this.#log.debug({ err: error }, "couldn't read the lag");
      return undefined;
    }
  }

  /** Stops reconnecting and closes the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake.abort();
    await this.#loop;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#down = { reason: "closed" };
    if (connection !== undefined) await this.#discard(connection);
  }

  #unavailable(): UnavailableError {
    const { reason, cause } = this.#down;
    return new UnavailableError(`the broker is unavailable: ${reason}`, { cause });
  }

  async #attempt(connection: BrokerConnection, messages: Message[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await connection.send(messages);
        return;
      } catch (error) {
        if (attempt === SEND_ATTEMPTS || connection !== this.#connection) throw error;
        await delay(this.#times.retry);
      }
    }
  }

  #giveUp(connection: BrokerConnection, error: Error): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.#down = { reason: error.message, cause: error };
    this.#log.warn({ err: error }, "the broker is unavailable");
    void this.#discard(connection);
    this.#wake.abort();
  }

  async #keepUp(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#wake = new AbortController();
      if (this.#connection === undefined) await this.#reconnect();
      else await this.#check(this.#connection);
      const pause = this.#connection === undefined ? this.#times.retry : this.#times.probe;
      await delay(pause, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
  }

  async #reconnect(): Promise<void> {
    const connection = this.#connect();
    try {
      await withTimeout(connection.open(), this.#times.open, "connecting to the broker");
      this.#connection = connection;
      this.#log.info("connected to the broker");
    } catch (error) {
      this.#down = { reason: (error as Error).message, cause: error };
      this.#log.warn({ reason: this.#down.reason }, "couldn't connect to the broker");
      await this.#discard(connection);
    }
  }

  async #check(connection: BrokerConnection): Promise<void> {
    try {
      await withTimeout(connection.probe(), this.#times.open, "asking the broker");
    } catch (error) {
      this.#giveUp(connection, error as Error);
    }
  }

  async #discard(connection: BrokerConnection): Promise<void> {
    try {
      await withTimeout(connection.close(), this.#times.open, "closing the connection to the broker");
    } catch (error) {
      this.#log.debug({ err: error }, "a connection to the broker didn't close properly");
    }
  }
}
