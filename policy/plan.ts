/** A resource as rules see it. Reviews and the engine's policy pack both produce it. */
export interface PolicyResource {
  type: string;
  name: string;
  /** Inputs of the program. Unknown ones are absent. */
  inputs: Readonly<Record<string, unknown>>;
}

/** A stack as rules see it. */
export interface PolicyPlan {
  stack: string;
  resources: readonly PolicyResource[];
  /** Texts of the images' Dockerfiles, by path from the root of the project. */
  dockerfiles: Readonly<Record<string, string>>;
  /** Reports whether a text contains a secret. Only the dry run of a review can tell. */
  isSecret?: (text: string) => boolean;
}

/** A breach of a rule. */
export interface Finding {
  /** Name of the resource, or of the service as "kafka/zookeeper". */
  subject: string;
  /** Fault of the subject, as the rest of a sentence that begins with its name. */
  message: string;
}

/** A guardrail. */
export interface Rule {
  /** Stable name; exceptions refer to it. No id is part of another. */
  id: string;
  /** A mandatory rule stops the change. An advisory one only warns. */
  severity: "mandatory" | "advisory";
  /** The rule as a sentence. */
  description: string;
  /** Consequence of breaking the rule. */
  reason: string;
  /** Document that the rule comes from. */
  source: string;
  /** Returns every breach of the rule in a plan. */
  check: (plan: PolicyPlan) => Finding[];
}

/** A finding and its rule. */
export interface Violation extends Finding {
  rule: Rule;
}

/** Returns the resources of one type. */
export function ofType({ resources }: PolicyPlan, type: string): PolicyResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** Returns an input that is an object, or an empty object when it is absent. */
export function member(inputs: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const value = inputs[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
