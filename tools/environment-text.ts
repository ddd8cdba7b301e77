import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { Outputs } from "../operate/local-stack.ts";

/**
 * Describes the environment that is up: its outputs, its nodes and the next steps.
 *
 * @param requestId id of the request that proved that it works.
 */
export function describeEnvironment(outputs: Outputs, requestId: string): string {
  const { nodes, ...single } = outputs;
  const named = Object.entries(single).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const hosts = nodes.map(({ name, role, privateIp, labels }) => {
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return [name, role, privateIp, shown.join(" ")];
  });
  const api = `${outputs.apiUrl}${PATHS.gifticons}`;
  return `
The environment:
${table(named)}

Its nodes:
${table(hosts)}

Next steps:
  ${outputs.apiUrl}/    the live page, in a browser on this machine
  curl -i ${api} -H 'content-type: application/json' -d '{"userId": 1}'
  curl ${api}/${requestId}
  ./run doctor
  ${outputs.loadGenerator === "k6" ? "" : "./run pulumi config set --stack local loadGenerator k6 && ./run up && "}./run event
  ./run shell manager
  ./run pulumi preview --diff --stack local
  ./run destroy`;
}

/** Renders rows with columns as wide as their widest cell. */
function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
