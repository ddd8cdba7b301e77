import type { ErrorClass } from "../operate/error-class.ts";
import type { Environment } from "./environment.ts";
import type { Load } from "./load.ts";

/** What a fault is a fault of: the fast subset has one case of each. */
export type Family = "broker" | "issuer" | "database" | "API" | "hosts" | "network" | "load balancer" | "registry";

/** What a case has to work with while the load runs. */
export interface Blow {
  environment: Environment;
  load: Load;
  /** In its short form: what comes several times comes once. */
  fast: boolean;
  /**
   * Waits until `probe` gives something, as `waitUntil` does, but ends at once when the run is ended.
   *
   * @throws Error that names what was waited for, at the bound of three minutes.
   */
  until: <T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false) => Promise<T>;
  /** Lets a fault last so long, in seconds. */
  last: (seconds: number) => Promise<void>;
  /**
   * Remembers how a fault is undone, before it is done: called by the case when the fault has lasted, or by the run when the case can't. Undoes once,
   * however often it is called, and must be right for a fault that didn't come about.
   */
  undo: (how: () => Promise<unknown>) => () => Promise<void>;
  /**
   * Brings the environment to what is declared, by a refreshed `pulumi up`; hosts may be others after it.
   *
   * @param options more of its options.
   */
  up: (options?: readonly string[]) => Promise<void>;
  /** Notes what was seen of the fault: without a proof, a case counts as failed. */
  proof: (seen: string) => void;
}

/** One fault under load. */
export interface Case {
  name: string;
  family: Family;
  /** For people, in a few words. */
  what: string;
  /** How many managers it takes; without a word, one will do. It is left out where there are fewer. */
  managers?: number;
  /** Whether it stands for its family in the fast subset. */
  fast?: true;
  /** How clients may lose a connection without an answer; its reason stands beside it. Otherwise each request has to be answered. */
  cuts?: readonly ErrorClass[];
  /** The only errors that clients may have: none, where they must not notice the fault. Otherwise any explicit one. */
  only?: readonly ErrorClass[];
  /**
   * Whether accepted requests may be lost that had not been decided: only where the topic goes with its host, which is the stated policy for its data. They are counted
   * and told.
   */
  losesQueue?: true;
  /** Strikes, sees that the fault is there, and undoes it. */
  strike: (blow: Blow) => Promise<void>;
}
