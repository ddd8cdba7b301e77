import type { Blow, Case } from "../case.ts";
import type { Task } from "../environment.ts";

/**
 * HAProxy ends a client's kept connection without a word when the connection to its target breaks while it waits for the answer; a load balancer of AWS
 * answers 502. No setting changes that.
 */
export const CUT_WITH_TARGET: Case["cuts"] = ["reset"];

/** The one task of a service, which runs. */
export async function runningTask({ environment, until }: Blow, service: string): Promise<Task> {
  return until(`a task of ${service}`, () => environment.task(service));
}

/** Sends a task's first process a signal that ends it, and waits until the Swarm runs another one in its place. */
export async function endTask(blow: Blow, service: string, task: Task, signal: "SIGTERM" | "SIGKILL"): Promise<Task> {
  const { environment, until, proof } = blow;
  await environment.on(task.host, ["docker", "kill", "--signal", signal, task.container]);
  const next = await until(`a new task of ${service}`, async () => {
    const tasks = await environment.tasks(service);
    if (tasks.some(({ container }) => container === task.container)) return undefined;
    return tasks.find(({ container }) => container !== task.container);
  });
  proof(`${service}: ${signal} ended process ${task.pid}, and ${next.pid} came in its place`);
  return next;
}

/** Ends the one task of a service so many times, and waits each time until requests are accepted again. */
export async function endInARow(
  blow: Blow,
  service: string,
  signal: "SIGTERM" | "SIGKILL",
  times: number,
): Promise<void> {
  for (let time = 0; time < times; time++) {
    await endTask(blow, service, await runningTask(blow, service), signal);
    const { accepted } = blow.load;
    await blow.until("accepted requests", () => blow.load.accepted > accepted);
  }
}
