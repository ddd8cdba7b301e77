import type { GroupConfig } from "./haproxy-config.ts";

/**
 * The columns of HAProxy's server states, version 1 ("show servers state" in its management guide).
 */
const header =
  "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change " +
  "srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id " +
  "srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port";

/**
 * Returns the server states that HAProxy loads after a reload. A target that it knows keeps its
 * state. A new one is down, so that it gets no requests until its checks have passed: without a
 * state, HAProxy takes a new server for healthy.
 *
 * @param dump the output of "show servers state", or "" before the first start.
 */
export function renderServerState(dump: string, groups: readonly GroupConfig[]): string {
  const present = new Map<string, string>();
  for (const line of dump.split("\n")) {
    const [, backend, , server, address] = line.split(" ");
    if (backend !== undefined && server !== undefined) present.set(`${backend} ${server} ${address ?? ""}`, line);
  }
  const rows = groups.flatMap((group, groupIndex) =>
    group.targets.map((target, index) => {
      const known = present.get(`${group.name} ${target.name} ${target.address}`);
      if (known !== undefined) return known;
      // Operational state 0 is down, check state 6 is enabled and configured.
      return `${groupIndex + 1} ${group.name} ${index + 1} ${target.name} ${target.address} 0 0 1 1 0 1 0 0 6 0 0 0 - ${target.port} - 0 0 - - 0`;
    }),
  );
  return `${["1", header, ...rows].join("\n")}\n`;
}
