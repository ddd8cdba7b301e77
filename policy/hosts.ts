import { PLACEMENT_LABELS } from "@gifticon/contract/facts/names.ts";
import { member, ofType, type PolicyResource, type Rule } from "./plan.ts";
import { renderedOf } from "./rendered.ts";
import type { ScriptText } from "./script-text.ts";

const INSTANCE = "aws:ec2/instance:Instance";

/** Requires IMDSv2 with a hop limit of 1, which keeps containers from the host's credentials. */
export const imdsV2: Rule = {
  id: "imds-v2",
  severity: "mandatory",
  description: "Instances answer only metadata calls with a session token, with a hop limit of 1.",
  reason: "Otherwise a forged request of a service, or a container, gets the credentials of the host's role.",
  source: "AWS Foundational Security Best Practices EC2.8; EC2 user guide, Use IMDSv2",
  check: (plan) =>
    ofType(plan, INSTANCE).flatMap(({ name, inputs }) => {
      const { httpTokens, httpPutResponseHopLimit } = member(inputs, "metadataOptions");
      return [
        ...(httpTokens === "required"
          ? []
          : [{ subject: name, message: 'metadataOptions.httpTokens is not "required"' }]),
        ...(httpPutResponseHopLimit === 1
          ? []
          : [{ subject: name, message: "metadataOptions.httpPutResponseHopLimit is not 1" }]),
      ];
    }),
};

/** Requires encrypted disks. */
export const encryptedDisks: Rule = {
  id: "encrypted-disks",
  severity: "mandatory",
  description: "Disks of instances are encrypted.",
  reason:
    "Kafka's records and the Swarm's secrets are on them; a snapshot or a disk that is given back would carry them.",
  source: "AWS Foundational Security Best Practices EC2.3",
  check: (plan) => [
    ...ofType(plan, INSTANCE).flatMap(({ name, inputs }) => {
      const more = Array.isArray(inputs["ebsBlockDevices"]) ? inputs["ebsBlockDevices"].length : 0;
      const disks = [
        ["rootBlockDevice", member(inputs, "rootBlockDevice")] as const,
        ...Array.from({ length: more }, (_, index) => {
          return [`ebsBlockDevices[${index}]`, member(member(inputs, "ebsBlockDevices"), String(index))] as const;
        }),
      ];
      return disks
        .filter(([, disk]) => disk["encrypted"] !== true)
        .map(([path]) => ({ subject: name, message: `${path}.encrypted is not true` }));
    }),
    ...ofType(plan, "aws:ebs/volume:Volume")
      .filter(({ inputs }) => inputs["encrypted"] !== true)
      .map(({ name }) => ({ subject: name, message: "encrypted is not true" })),
  ],
};

const KAFKA_LABEL = `${PLACEMENT_LABELS.kafka}=true`;

/** Requires the label kafka_server=true on Kafka's hosts, and forbids it on all others. */
export const kafkaLabel: Rule = {
  id: "kafka-label",
  severity: "mandatory",
  description: `The label ${KAFKA_LABEL} is on exactly the hosts of role kafka.`,
  reason: "A second host with it could get a broker with an empty volume. Without it Kafka has no host.",
  source: "docs/architecture.md, What runs",
  check: (plan) => {
    const labelled = labelsOf(plan.resources);
    return ofType(plan, INSTANCE).flatMap((instance) => {
      const isKafka = roleOf(instance) === "kafka";
      // Labels are unknown in a first preview, and a host outside of the Swarm has none.
      const has = labelled.get(instance.name)?.includes(KAFKA_LABEL) ?? isKafka;
      if (isKafka === has) return [];
      const message = has
        ? `has the label ${KAFKA_LABEL}, but is no Kafka host`
        : `is a Kafka host without the label ${KAFKA_LABEL}`;
      return [{ subject: instance.name, message }];
    });
  },
};

function roleOf({ inputs }: PolicyResource): unknown {
  return member(inputs, "tags")["Role"];
}

/** Returns the declared labels of each Swarm node, by the name of its host. */
export function labelsOf(resources: readonly PolicyResource[]): Map<string, string[]> {
  return new Map(
    nodesOf(resources).flatMap(({ HOST_NAME, LABELS }) =>
      typeof HOST_NAME === "string" && Array.isArray(LABELS) ? [[HOST_NAME, LABELS] as const] : [],
    ),
  );
}

/** Returns a function that reports whether a host's node is declared as drained. */
export function isDrained(resources: readonly PolicyResource[]): (host: string) => boolean {
  const drained = nodesOf(resources).filter(({ AVAILABILITY }) => AVAILABILITY === "drain");
  return (host) => drained.some(({ HOST_NAME }) => HOST_NAME === host);
}

function nodesOf(resources: readonly PolicyResource[]): ScriptText["values"][] {
  return Object.values(renderedOf(resources).scripts).map(({ values }) => values);
}
