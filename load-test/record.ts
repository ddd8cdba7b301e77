import type { StartState, Sample } from "@gifticon/load-agent/protocol.ts";
import type { AnswerLog } from "./answers.ts";
import type { Evidence } from "./evidence.ts";
import type { Plan } from "./plan.ts";

/** Resources that a host used, second by second. */
export interface HostUsage {
  host: string;
  cores: number;
  /**
   * `at`: milliseconds since 1970. `cpu`: microseconds since the boot. `sockets`: open TCP sockets.
   */
  samples: { at: number; cpu: number; sockets: number }[];
}

/** Limits of the generator's host. */
export interface GeneratorLimits {
  /** Output of `k6 version`. */
  version: string;
  openFiles: number;
  ports: { first: number; last: number };
  cores: number;
}

/** Result of the generator's run. */
export interface GeneratorEnd {
  exitCode: number | undefined;
  /** Last lines of k6's standard error. */
  errorOutput: string;
}

/** Record of a run. The verdict and the report derive from it. */
export interface RunRecord {
  mode: "kafka" | "direct";
  plan: Plan;
  maxErrorRate: number;
  startState: StartState;
  log: AnswerLog;
  evidence: Evidence;
  generator: GeneratorLimits & GeneratorEnd;
  /** Samples of the agent. */
  samples: Sample[];
  hosts: HostUsage[];
  /** The operator ended the run early. */
  interrupted: boolean;
}
