import type { Violation } from "../policy/plan.ts";
import { renderedOf } from "../policy/rendered.ts";
import { consequenceOf, moveOf } from "./consequences.ts";
import { costOf, type Cost } from "./cost.ts";
import type { Findings } from "./findings.ts";
import { hostsRelieved, hostStops, rescheduled } from "./host-stops.ts";
import { labels, type Show } from "./labels.ts";
import { block, code, counted, folded, list, table } from "./markdown.ts";
import type { Change, PropertyChange, StackPlan } from "./plan.ts";
import { HOURS_A_MONTH, PRICES_AS_OF } from "../operate/prices.ts";
import { serviceChanges, volumeChanges } from "./services.ts";
import { sizes } from "./size.ts";
import { textDiffs } from "./text-diff.ts";
import { gravest, assess, type ChangeVerdict } from "./verdict.ts";

/** Hours of a load test. */
const TEST_HOURS = 4;
/** Limits in characters. GitHub allows 65,536 in a comment; a longer report is cut and says so. */
const LONGEST_PATCH = 6_000;
const LONGEST_REPORT = 60_000;

/** A stack's plan and the findings of the guardrails. */
export interface Reviewed {
  plan: StackPlan;
  findings: Findings;
}

/**
 * Renders the review of a change as Markdown: the summary first, details folded. The same input
 * gives the same text.
 */
export function report(base: string, reviewed: readonly Reviewed[]): string {
  const verdicts = reviewed.map(({ plan }) => assess(plan));
  const mandatory = reviewed.flatMap(({ findings }) =>
    findings.fresh.filter(({ rule }) => rule.severity === "mandatory"),
  );
  const head = [
    `## Infrastructure review: ${gravest(verdicts.map(({ grade }) => grade))}`,
    `Compared with ${code(base)} in a dry run, without any cloud.` +
      (mandatory.length === 0 ? "" : ` **${counted(mandatory.length, "new violation")} of mandatory guardrails.**`),
  ];
  const sections = reviewed.map((one, index) => stackReport(one, verdicts[index] ?? assess(one.plan)));
  const text = `${[...head, ...sections].join("\n\n")}\n`;
  if (text.length <= LONGEST_REPORT) return text;
  return `${text.slice(0, LONGEST_REPORT).replace(/\n[^\n]*$/, "")}\n\n(cut here: \`./run review\` prints all of it)\n`;
}

function stackReport({ plan, findings }: Reviewed, verdict: ChangeVerdict): string {
  const show = labels(plan.before, plan.after);
  const cost = costOf(plan.region, plan.before, plan.after);
  const parts = [
    `### Stack ${plan.stack}: ${verdict.grade}`,
    summary(verdict),
    changesOfSettings(plan),
    guardrails(findings),
    money(cost),
    resourceDiff(plan, show),
    swarmDiff(plan, show),
    costTable(cost, plan.region),
    sizeTable(plan),
    plan.assumptions.length === 0
      ? ""
      : folded(
          "Placeholders for settings that are encrypted or not in the stack's file",
          list(plan.assumptions.map(code)),
        ),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function summary({ counts, replacements, deletions, stateful, renames }: ChangeVerdict): string {
  const operations = [
    [counts.create, "to add"],
    [counts.update, "to update in place"],
    [counts.replace, "to replace"],
    [counts.delete, "to delete"],
  ] as const;
  const total = operations.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const lines = [
    ...stateful.map(
      ({ operation, what, effect, refused }) =>
        `${operation === "update" ? "" : "⚠️ "}**${what}** ${verbs[operation]}${effect === undefined ? "" : `: ${effect}`}${refused ? ". `pulumi up` refuses this: it is protected" : ""}`,
    ),
    ...renames.map(
      ({ type, from, to }) =>
        `${code(from)} became ${code(to)} (${shortType(type)}) without an alias, so it is replaced`,
    ),
    ...replacements.map(
      ({ type, name, reasons, refused }) =>
        `${code(name)} (${shortType(type)}) is replaced${reasons.length === 0 ? ", because a resource that it depends on is" : ` because of ${reasons.map(reason).join(", ")}`}${refused ? "; it is protected" : ""}`,
    ),
    ...(deletions.length === 0
      ? []
      : [`deleted: ${deletions.map(({ type, name }) => `${code(name)} (${shortType(type)})`).join(", ")}`]),
  ];
  const shown =
    lines.length <= 12 ? lines : [...lines.slice(0, 12), `and ${lines.length - 12} more, in the resource diff`];
  return [
    total.length === 0 ? "No resource changes." : `${total.join(", ")}.`,
    ...(shown.length === 0 ? [] : [list(shown)]),
  ].join("\n\n");
}

const verbs = {
  create: "is new",
  update: "is updated in place",
  replace: "is REPLACED",
  delete: "is DELETED",
} as const;

function reason({ path, before, after }: PropertyChange): string {
  return `${code(path)} (${short(before)} → ${short(after)})`;
}

function changesOfSettings({ settings }: StackPlan): string {
  if (settings.length === 0) return "";
  const lines = settings.map((change) =>
    "secret" in change
      ? `${code(change.key)}: changed secret`
      : `${code(change.key)}: ${short(change.before)} → ${short(change.after)}`,
  );
  return `**Settings of the stack's file:**\n\n${list(lines)}`;
}

function guardrails({ fresh, known, excepted }: Findings): string {
  const line = ({ rule, subject, message }: Violation) =>
    `${rule.severity === "mandatory" ? "❌" : "⚠️"} ${code(rule.id)}: ${code(subject)} ${message}. ${rule.reason} (${rule.source})`;
  const parts = [
    fresh.length === 0
      ? "Guardrails: no new violation."
      : `**Guardrails, new with this change:**\n\n${list(fresh.map(line))}`,
    known.length === 0 ? "" : `**Guardrails, broken before:**\n\n${list(known.map(line))}`,
    excepted.length === 0
      ? ""
      : `Exceptions: ${excepted.map(({ exception: { rule, subject, reason: why, until } }) => `${code(rule)} for ${code(subject)} until ${until} (${why})`).join("; ")}.`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function money({ total, unpriced }: Cost): string {
  const change = total.after - total.before;
  const difference =
    Math.abs(change) < 1e-9
      ? "unchanged"
      : `${change > 0 ? "+" : "−"}${dollars(Math.abs(change) * HOURS_A_MONTH, 2)} a month`;
  return `Cost: ${dollars(total.after, 4)} an hour, ${dollars(total.after * HOURS_A_MONTH, 2)} a month, ${dollars(total.after * TEST_HOURS, 2)} for a test of ${TEST_HOURS} hours (${difference}); ${counted(unpriced.length, "item")} not priced.`;
}

function costTable({ lines, total, unpriced }: Cost, region: string): string {
  const number = (value: number) => String(Math.round(value * 100) / 100);
  const row = (name: string, before: number, after: number) => [
    name,
    ...[before, after].flatMap((hour) => [
      dollars(hour, 4),
      dollars(hour * HOURS_A_MONTH, 2),
      dollars(hour * TEST_HOURS, 2),
    ]),
  ];
  const rows = [
    ...lines.map(({ item, before, after, price = 0 }) =>
      row(
        `${before === after ? number(after) : `${number(before)} → ${number(after)}`} × ${item}`,
        before * price,
        after * price,
      ),
    ),
    row("**total**", total.before, total.after),
  ];
  const head = [
    "Item",
    "an hour, before",
    "a month",
    `${TEST_HOURS} h`,
    "an hour, after",
    "a month",
    `${TEST_HOURS} h`,
  ];
  const notes = [`On-demand list prices of ${region} as of ${PRICES_AS_OF}, sources in operate/prices.ts.`];
  if (unpriced.length > 0) notes.push(`Not included, because it has no price: ${unpriced.join("; ")}.`);
  return folded("Cost by line", `${table(head, rows)}\n\n${notes.join(" ")}`);
}

function resourceDiff({ changes }: StackPlan, show: { before: Show; after: Show }): string {
  if (changes.length === 0) return "";
  const rows = changes.map((change) => {
    const { operation, resource } = change;
    return [
      `${signs[operation]} ${operation}`,
      code(resource.name),
      shortType(resource.type),
      propertiesOf(change, show),
    ];
  });
  return folded(
    `Resources: ${counted(changes.length, "change")}`,
    table(["Operation", "Name", "Type", "Properties"], rows),
  );
}

const signs = { create: "+", update: "~", replace: "±", delete: "−" } as const;

function propertiesOf({ properties, refused }: Change, show: { before: Show; after: Show }): string {
  const text = properties.map(({ path, before, after, replaces }) => {
    const [old, current] = [short(before, show.before), short(after, show.after)];
    return `${code(path)}${replaces ? " (replaces)" : ""} ${old} → ${current}`;
  });
  return [...text, ...(refused ? ["protected"] : [])].join("; ");
}

/** Renders a value: itself if it is short, or else "(text)". */
function short(value: unknown, show: Show = (text) => text): string {
  if (value === undefined) return "nothing";
  const text = show(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > 80 || text.includes("\n") ? "(text)" : code(text);
}

function swarmDiff(plan: StackPlan, show: { before: Show; after: Show }): string {
  const services = serviceChanges(plan.before, plan.after);
  const volumes = volumeChanges(plan.before, plan.after);
  const diffs = textDiffs({ before: renderedOf(plan.before), after: renderedOf(plan.after) }, plan.dockerfiles, show);
  const order = services.map((change, index) => {
    const { stack, service, effect, fields, replicas } = change;
    const copies = replicas.before === replicas.after ? "" : ` (${replicas.before} → ${replicas.after} replicas)`;
    return `${index + 1}. ${code(`${stack}/${service}`)} ${effect}${copies}${fields.length === 0 ? "" : `, for ${fields.join(", ")}`}: ${consequenceOf(change)}.`;
  });
  const lost = volumes.map(
    ({ stack, volume, change }) =>
      `volume ${code(`${stack}_${volume}`)} is ${change}${change === "added" ? "" : ": its data stays on the host and is not used"}`,
  );
  return [
    ...(order.length === 0
      ? []
      : [`**Services, in this order** (services of one stack side by side):\n\n${order.join("\n")}`]),
    ...hostsAndMoves(plan),
    ...(lost.length === 0 ? [] : [list(lost)]),
    ...(diffs.length === 0
      ? []
      : [
          folded(
            `Swarm, hosts and images: ${counted(diffs.length, "text")}`,
            diffs.map(({ title, patch }) => `${title}\n\n${block("diff", cut(patch))}`).join("\n\n"),
          ),
        ]),
  ].join("\n\n");
}

/** Lists the hosts that stop, and the effect on their services. */
function hostsAndMoves(plan: StackPlan): string[] {
  const relieved = hostsRelieved(plan).map(code).join(", ");
  const first =
    relieved === ""
      ? []
      : [`**Hosts whose replacements come first**: ${relieved}. Each old host is drained after its new one is ready.`];
  const stops = hostStops(plan);
  const moves = rescheduled(plan);
  if (moves.length === 0) return first;
  const hosts = [...new Set(stops.map(({ how }) => how))].map((how) => {
    const names = stops.filter((stop) => stop.how === how).map(({ host }) => code(host));
    return `${names.join(", ")} ${names.length === 1 ? how : plural[how]}`;
  });
  const lines = moves.map((move) => `${code(move.subject)}: ${moveOf(move)}.`);
  return [...first, `**Services whose hosts stop** (${hosts.join("; ")}, side by side):\n\n${list(lines)}`];
}

const plural = {
  "stops and starts": "stop and start",
  "is replaced": "are replaced",
  "is deleted": "are deleted",
} as const;

function cut(patch: string): string {
  return patch.length <= LONGEST_PATCH
    ? patch
    : `${patch.slice(0, LONGEST_PATCH).replace(/\n[^\n]*$/, "")}\n(cut here)`;
}

function sizeTable({ before, after }: StackPlan): string {
  const lines = sizes(before, after);
  const count = (side: "before" | "after") => lines.reduce((sum, line) => sum + line[side], 0);
  const [was, is] = [count("before"), count("after")];
  const rows = lines.map(({ type, before: old, after: current }) => [
    shortType(type),
    String(old),
    old === current ? "" : String(current),
  ]);
  return folded(
    `Size: ${was === is ? is : `${was} → ${is}`} resources`,
    table(["Type", "Before", "After, if different"], rows),
  );
}

/** Shortens a type: "ec2.Instance" for "aws:ec2/instance:Instance". */
function shortType(type: string): string {
  const [provider = "", module = "", name = ""] = type.split(":");
  const group = module.split("/")[0] ?? "";
  return `${provider === "aws" ? group : provider}.${name}`;
}

function dollars(value: number, digits: number): string {
  return `$${value.toFixed(digits)}`;
}
