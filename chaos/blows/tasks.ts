import type { Blow } from "../case.ts";
import type { Task } from "../environment.ts";

/** The one task of a service, which runs. */
export async function runningTask({ environment, until }: Blow, service: string): Promise<Task> {
  return until(`a task of ${service}`, () => environment.task(service));
}

type Signal = "SIGTERM" | "SIGKILL";

/** Sends a task's first process a signal that ends it, and waits until the Swarm runs another one in its place. */
async function endTask({ environment, until }: Blow, service: string, task: Task, signal: Signal): Promise<Task> {
  await environment.on(task.host, ["docker", "kill", "--signal", signal, task.container]);
  return until(`a new task of ${service}`, async () => {
    const tasks = await environment.tasks(service);
    if (tasks.some(({ container }) => container === task.container)) return undefined;
    return tasks.find(({ container }) => container !== task.container);
  });
}

/** Ends the one task of a service so many times, and waits each time until requests are accepted again. */
export async function endInARow(blow: Blow, service: string, signal: Signal, times: number): Promise<void> {
  const pids: number[] = [];
  for (let time = 0; time < times; time++) {
    const task = await runningTask(blow, service);
    const { pid } = await endTask(blow, service, task, signal);
    pids.push(...(time === 0 ? [task.pid] : []), pid);
    const { accepted } = blow.load;
    await blow.until("accepted requests", () => blow.load.accepted > accepted);
  }
  blow.proof(`${service}: ${signal} ended each process but the last: ${pids.join(", ")}`);
}
