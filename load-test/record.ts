import type { Ground, Sample } from "@gifticon/load-agent/protocol.ts";
import type { AnswerLog } from "./answers.ts";
import type { Evidence } from "./evidence.ts";
import type { Plan } from "./plan.ts";

/** What one host spent, second by second. */
export interface HostUsage {
  host: string;
  cores: number;
  /** Times in milliseconds since 1970, CPU in microseconds since the boot, open TCP sockets. */
  samples: { at: number; cpu: number; sockets: number }[];
}

/** What the generator can hold. */
export interface GeneratorLimits {
  /** k6's own words on its version. */
  version: string;
  openFiles: number;
  ports: { first: number; last: number };
  cores: number;
}

/** How the generator ended. */
export interface GeneratorEnd {
  exitCode: number | undefined;
  /** The last of what k6 complained about. */
  complaints: string;
}

/** All that is known of one run: what the verdict and the report are made of. */
export interface RunRecord {
  mode: "kafka" | "direct";
  plan: Plan;
  maxErrorRate: number;
  ground: Ground;
  log: AnswerLog;
  evidence: Evidence;
  generator: GeneratorLimits & GeneratorEnd;
  /** The agent's looks at the event. */
  samples: Sample[];
  hosts: HostUsage[];
  /** The operator ended it early. */
  interrupted: boolean;
}
