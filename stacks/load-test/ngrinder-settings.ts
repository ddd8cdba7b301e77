/** Users that one agent is measured with: the event's load. */
export const USERS = 6_000;

/**
 * Time in milliseconds that a process of the agent may say nothing before the controller drops it.
 * It loads the script meanwhile: 12 processes took 35 s on 2 cores, and nGrinder's own 30 s lost 11
 * of them. With 120 s none was lost.
 */
const SILENCE_MS = 120_000;

/** Users of one process at least, before another process is worth its start. */
const USERS_OF_A_PROCESS = 500;

/** Settings of nGrinder's controller, for its system.conf. */
export function controllerSettings(): string {
  return `controller.max_vuser_per_agent=${USERS}\ncontroller.inactive_client_time_out=${SILENCE_MS}\n`;
}

/**
 * Script by which the controller's page divides users into processes and threads: at most one
 * process a core, as more only load longer. The page then sets as many users as both make.
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
