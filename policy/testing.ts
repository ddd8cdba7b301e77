import { renderCompose, type Compose, type ComposeService } from "../stacks/compose.ts";
import { quote } from "../infra/scripts/quote.ts";
import type { Finding, PolicyPlan, PolicyResource, Rule } from "./plan.ts";

const digest = `registry.example/main-api@sha256:${"0".repeat(64)}`;

/** A Compose service that breaks no rule. */
export const service: ComposeService = {
  image: digest,
  user: "1000:1000",
  environment: {
    DATABASE_HOST: "database.example",
    DATABASE_CA_FILE: "/ca.pem",
    DATABASE_PASSWORD_FILE: "/run/secrets/p",
  },
  healthcheck: { test: ["CMD", "check"], start_interval: "1s" },
  init: true,
  read_only: true,
  cap_drop: ["ALL"],
  stop_grace_period: "30s",
  networks: { event: { aliases: ["main-api"] } },
  volumes: [],
  deploy: {
    mode: "replicated",
    replicas: 1,
    endpoint_mode: "dnsrr",
    placement: { constraints: [] },
    restart_policy: { condition: "any", delay: "2s" },
    resources: { limits: { memory: "64M", pids: 128 } },
  },
};

/** Tags that satisfy the rule `tagged`. */
export const tags = { Project: "gifticon-event", Stack: "dev", Name: "gifticon-event-dev-x" };

/** Returns a resource of a plan. */
export function resource(type: string, name: string, inputs: Record<string, unknown>): PolicyResource {
  return { type, name, inputs };
}

/** Returns a rule's findings on a stack of these resources. */
export function findings(rule: Rule, resources: PolicyResource[], plan: Partial<PolicyPlan> = {}): Finding[] {
  return rule.check({ stack: "dev", dockerfiles: {}, ...plan, resources });
}

/** Returns the resource that deploys a stack with one service, `gifticon/main-api`. */
export function deployment(changed: Partial<Record<keyof ComposeService, unknown>>): PolicyResource {
  const compose = { services: { "main-api": { ...service, ...changed } }, networks: {} } as unknown as Compose;
  const stdin = `#!/usr/bin/env bash\nreadonly STACK='gifticon'\nreadonly COMPOSE=${quote(renderCompose(compose))}\nmain\n`;
  return resource("command:remote:Command", "gifticon-stack", { stdin });
}
