/** Number of users for which one agent was measured: the load of the event. */
export const USERS = 6_000;

/**
 * Time in milliseconds after which the controller drops a process of the agent that reports
 * nothing. The process loads the script in this time: 12 processes took 35 s on 2 cores, and
 * nGrinder's default of 30 s lost 11 of them. With 120 s none was lost.
 */
const SILENCE_MS = 120_000;

/**
 * Minimum number of users of one process. For fewer users, another process costs too much to start.
 */
const USERS_OF_A_PROCESS = 500;

/** Returns the settings of nGrinder's controller, for its system.conf. */
export function controllerSettings(): string {
  return `controller.max_vuser_per_agent=${USERS}\ncontroller.inactive_client_time_out=${SILENCE_MS}\n`;
}

/**
 * Returns the script by which the controller's page divides users into processes and threads. It
 * uses at most one process a core, because more processes take longer to load. The page then shows
 * the number of users that result.
 *
 * @param cores cores of the agent's host.
 */
export function processPolicy(cores: number): string {
  return `function getProcessCount(total) {
  return Math.max(1, Math.min(${cores}, Math.ceil(total / ${USERS_OF_A_PROCESS})));
}

function getThreadCount(total) {
  return Math.floor(total / getProcessCount(total));
}
`;
}
