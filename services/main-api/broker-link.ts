import { setTimeout as delay } from "node:timers/promises";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";
import { bounded } from "@gifticon/runtime/bounded.ts";
import type { Message } from "kafkajs";
import type { Logger } from "pino";
import { OutcomeUnknownError, UnavailableError } from "./acceptor.ts";

/** A connection to the broker that can be given up and made anew. */
export interface BrokerConnection {
  /** Connects, and makes sure that the topic has a leader for each partition. */
  open: () => Promise<void>;
  /** One attempt to write, acknowledged by all in-sync replicas. */
  send: (messages: Message[]) => Promise<void>;
  /** Fails when the broker doesn't answer or the topic has no leader. */
  probe: () => Promise<void>;
  /** How far the issuer's group has come. */
  readLag: () => Promise<PartitionLag[]>;
  close: () => Promise<void>;
}

/** Times of the link, in milliseconds. */
export interface BrokerLinkTimes {
  /** All attempts of one send together. */
  send: number;
  /** Opening, probing or closing a connection. */
  open: number;
  /** Between attempts of a send, and between attempts to reconnect. */
  retry: number;
  /** Between probes while all is well. */
  probe: number;
  /** Reading the lag. */
  lag: number;
}

const BROKER_LINK_TIMES: BrokerLinkTimes = { send: 4_000, open: 5_000, retry: 250, probe: 2_000, lag: 2_000 };

const SEND_ATTEMPTS = 3;

/**
 * The way to the broker, up or down. While it is down, sends fail at once; a loop in the background makes new connections
 * until one works. A connection that has failed is never used again: kafkajs clients are known to stay stuck after a
 * timeout (tulios/kafkajs#919), and requests on a closed connection may never settle, so each wait here has its own bound.
 */
export class BrokerLink {
  readonly #connect: () => BrokerConnection;
  readonly #log: Logger;
  readonly #times: BrokerLinkTimes;
  readonly #closing = new AbortController();
  #connection: BrokerConnection | undefined;
  #downReason = "not connected yet";
  #loop: Promise<void> | undefined;
  #wake: AbortController = new AbortController();

  constructor(connect: () => BrokerConnection, log: Logger, times: BrokerLinkTimes = BROKER_LINK_TIMES) {
    this.#connect = connect;
    this.#log = log;
    this.#times = times;
  }

  /** Undefined while the link is up; else why it is down. */
  get downReason(): string | undefined {
    return this.#connection === undefined ? this.#downReason : undefined;
  }

  /** Starts connecting, in the background. */
  start(): void {
    this.#loop ??= this.#keepUp();
  }

  /**
   * Writes messages, within the time for a send.
   *
   * @throws UnavailableError at once when the link is down; OutcomeUnknownError when no attempt was acknowledged.
   */
  async send(messages: Message[]): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) throw new UnavailableError(`the broker is away: ${this.#downReason}`);
    try {
      await bounded(this.#attempt(connection, messages), this.#times.send, "writing to the broker");
    } catch (error) {
      this.#giveUp(connection, error as Error);
      throw new OutcomeUnknownError("the broker didn't acknowledge the request", { cause: error });
    }
  }

  /**
   * How far the issuer's group has come in each partition; undefined while the broker can't say. That it can't is no reason
   * to give the connection up: the group's coordinator may be away while the topic takes records.
   */
  async readLag(): Promise<PartitionLag[] | undefined> {
    try {
      return await bounded(
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
    this.#downReason = "closed";
    if (connection !== undefined) await this.#discard(connection);
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
    this.#downReason = error.message;
    this.#log.warn({ err: error }, "the broker is away");
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
      await bounded(connection.open(), this.#times.open, "connecting to the broker");
      this.#connection = connection;
      this.#log.info("the broker is there");
    } catch (error) {
      this.#downReason = (error as Error).message;
      this.#log.warn({ reason: this.#downReason }, "couldn't connect to the broker");
      await this.#discard(connection);
    }
  }

  async #check(connection: BrokerConnection): Promise<void> {
    try {
      await bounded(connection.probe(), this.#times.open, "asking the broker");
    } catch (error) {
      this.#giveUp(connection, error as Error);
    }
  }

  async #discard(connection: BrokerConnection): Promise<void> {
    try {
      await bounded(connection.close(), this.#times.open, "closing the connection to the broker");
    } catch (error) {
      this.#log.debug({ err: error }, "a connection to the broker didn't close properly");
    }
  }
}
