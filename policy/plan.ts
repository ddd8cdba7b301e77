/** A resource as rules see it, in a review and in the engine alike. */
export interface PolicyResource {
  type: string;
  name: string;
  /** What the program gives it; what isn't known yet is absent. */
  inputs: Readonly<Record<string, unknown>>;
}

/** What rules judge: a stack's resources, and the files that its images are built by. */
export interface PolicyPlan {
  stack: string;
  resources: readonly PolicyResource[];
  /** By path from the root of the project. */
  dockerfiles: Readonly<Record<string, string>>;
  /** Tells whether a text holds a secret, where secrets can be told by themselves: those on paper can. */
  isSecret?: (text: string) => boolean;
}

/** What breaks a rule. */
export interface Finding {
  /** Name of the resource, or of the service as "kafka/zookeeper". */
  subject: string;
  /** What is wrong with it. */
  message: string;
}

/** One guardrail. */
export interface Rule {
  /** Part of no other rule's id, and never changed: exceptions name it. */
  id: string;
  /** mandatory: the change must not go on. advisory: somebody should look. */
  severity: "mandatory" | "advisory";
  /** What holds, as a sentence. */
  description: string;
  /** Why. */
  reason: string;
  /** Where the rule comes from. */
  source: string;
  check: (plan: PolicyPlan) => Finding[];
}

/** A finding with its rule. */
export interface Violation extends Finding {
  rule: Rule;
}

/** The resources of one type. */
export function ofType({ resources }: PolicyPlan, type: string): PolicyResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** A member of a resource's inputs that is an object; empty where it isn't there. */
export function member(inputs: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const value = inputs[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
