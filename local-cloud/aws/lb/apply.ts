import type { Properties } from "../../provider/resource-type.ts";
import { coalesce } from "../../engine/coalesce.ts";
import { getRecord, listRecords, type LocalRecord } from "../../engine/records.ts";
import { textOf } from "../ec2/find.ts";
import { token as ec2 } from "../ec2/tokens.ts";
import { updateBalancer } from "./balancer.ts";
import type { BalancerConfig, GroupConfig, HealthCheck, ListenerConfig, TargetConfig } from "./haproxy-config.ts";
import { actionOf, groupArnOf } from "./listener-action.ts";
import { token } from "./tokens.ts";

/**
 * Applies the records to every load balancer. Calls during a run share the next one, so that many
 * targets that are registered at once cause few reloads.
 */
export const applyBalancers = coalesce(async () => {
  for (const { id } of await listRecords(token.loadBalancer)) await updateBalancer(id, await configOf(id));
});

/** Returns the configuration of a load balancer, from the records. */
export async function configOf(balancerArn: string): Promise<BalancerConfig> {
  const balancer = (await getRecord(token.loadBalancer, balancerArn))?.properties ?? {};
  const listeners = (await listRecords(token.listener)).filter(
    ({ properties }) => properties["loadBalancerArn"] === balancerArn,
  );
  const arns = new Set(listeners.map(({ properties }) => groupArnOf(properties)));
  const groups = (await listRecords(token.targetGroup)).filter(({ id }) => arns.has(id));
  const mode = balancer["xffHeaderProcessingMode"];
  return {
    idleTimeout: Number(balancer["idleTimeout"] ?? 60),
    forwardedFor: mode === "preserve" || mode === "remove" ? mode : "append",
    listeners: listeners.map(({ properties }) => listenerOf(properties, groups)).sort((a, b) => a.port - b.port),
    groups: (await Promise.all(groups.map(groupOf))).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function listenerOf(properties: Properties, groups: readonly LocalRecord[]): ListenerConfig {
  const port = Number(properties["port"]);
  const group = groups.find(({ id }) => id === groupArnOf(properties));
  if (group !== undefined) return { port, action: { groupName: textOf(group.properties, "name") } };
  const fixed = actionOf(properties)?.fixedResponse;
  return {
    port,
    action: {
      status: Number(fixed?.statusCode ?? 503),
      contentType: fixed?.contentType ?? "text/plain",
      body: fixed?.messageBody ?? "",
    },
  };
}

async function groupOf({ id, properties }: LocalRecord): Promise<GroupConfig> {
  const attachments = (await listRecords(token.attachment)).filter(
    (attachment) => attachment.properties["targetGroupArn"] === id,
  );
  const targets = await Promise.all(attachments.map((attachment) => targetOf(attachment.properties, properties)));
  const stickiness = properties["stickiness"] as { enabled: boolean; cookieDuration: number };
  return {
    name: textOf(properties, "name"),
    algorithm: properties["loadBalancingAlgorithmType"] as GroupConfig["algorithm"],
    slowStart: Number(properties["slowStart"]),
    stickySeconds: stickiness.enabled ? stickiness.cookieDuration : undefined,
    check: properties["healthCheck"] as unknown as HealthCheck,
    targets: targets.flat().sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Returns the target of an attachment, or an empty list when its instance was terminated. */
async function targetOf(attachment: Properties, group: Properties): Promise<TargetConfig[]> {
  const id = textOf(attachment, "targetId");
  const instance = await getRecord(ec2.instance, id);
  if (instance === undefined) return [];
  const port = Number(attachment["port"] ?? group["port"]);
  return [{ name: `${id}:${port}`, address: textOf(instance.properties, "privateIp"), port }];
}
