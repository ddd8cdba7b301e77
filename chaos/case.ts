import type { ErrorClass } from "../operate/error-class.ts";
import type { Environment } from "./environment/environment.ts";
import type { Load } from "./load.ts";

/** The part of the system that a fault is in. `--fast` runs one case of each family. */
export type Family = "broker" | "issuer" | "database" | "API" | "hosts" | "network" | "load balancer" | "registry";

/** Tools of a case while the load runs. */
export interface FaultContext {
  environment: Environment;
  load: Load;
  /** True for the short form, in which a repeated fault is injected once. */
  fast: boolean;
  /**
   * Waits until `probe` returns a value, as `waitUntil` does. Ends at once when the run is
   * cancelled.
   *
   * @throws Error that names `description`, after five minutes.
   */
  until: <T>(description: string, probe: () => Promise<T | undefined | false> | T | undefined | false) => Promise<T>;
  /** Keeps a fault in place for this many seconds. */
  hold: (seconds: number) => Promise<void>;
  /**
   * Registers a function that removes a fault, before the case injects the fault. Returns a
   * function that calls it once; if the case doesn't, the run does. The removal must be safe when
   * the fault was never injected.
   */
  undo: (how: () => Promise<unknown>) => () => Promise<void>;
  /**
   * Restores the declared environment by `pulumi up --refresh`, which may replace hosts.
   *
   * @param options more options of `pulumi up`.
   */
  up: (options?: readonly string[]) => Promise<void>;
  /** Records an observation of the fault. A case without one fails. */
  observed: (observation: string) => void;
}

/** A fault to inject under load. */
export interface Case {
  name: string;
  family: Family;
  /** The fault in a few words. */
  description: string;
  /** Required number of managers, 1 by default. With fewer, the case is skipped. */
  managers?: number;
  /** Marks the case that represents its family in `--fast`. */
  fast?: true;
  /** Ways in which a client may lose its connection without an answer. None by default. */
  allowedDisconnects?: readonly ErrorClass[];
  /** Errors that clients may see. By default, any explicit one; an empty list allows none. */
  allowedErrors?: readonly ErrorClass[];
  /**
   * Allows the loss of accepted requests that were not decided, because the topic is lost with its
   * host. They are counted and reported.
   */
  mayLoseQueue?: true;
  /** Injects the fault, observes it and removes it. */
  inject: (context: FaultContext) => Promise<void>;
}
