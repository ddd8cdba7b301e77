import type { FaultContext } from "../case.ts";
import type { Task } from "../environment/swarm.ts";

/** Waits for the running task of a service with one replica. */
export async function runningTask({ environment, until }: FaultContext, service: string): Promise<Task> {
  return until(`a task of ${service}`, () => environment.swarm.task(service));
}

type Signal = "SIGTERM" | "SIGKILL";

/** Ends a task by a signal and waits for its replacement. */
async function endTask(
  { environment, until }: FaultContext,
  service: string,
  task: Task,
  signal: Signal,
): Promise<Task> {
  await environment.hosts.run(task.host, ["docker", "kill", "--signal", signal, task.container]);
  return until(`a new task of ${service}`, async () => {
    const tasks = await environment.swarm.tasks(service);
    if (tasks.some(({ container }) => container === task.container)) return undefined;
    return tasks.find(({ container }) => container !== task.container);
  });
}

/** Ends a service's only task `times` times. Waits each time until requests are accepted again. */
export async function endRepeatedly(
  context: FaultContext,
  service: string,
  signal: Signal,
  times: number,
): Promise<void> {
  const pids: number[] = [];
  for (let time = 0; time < times; time++) {
    const task = await runningTask(context, service);
    const { pid } = await endTask(context, service, task, signal);
    pids.push(...(time === 0 ? [task.pid] : []), pid);
    const { accepted } = context.load;
    await context.until("accepted requests", () => context.load.accepted > accepted);
  }
  context.observed(`${service}: ${signal} ended each of these processes but the last: ${pids.join(", ")}`);
}
