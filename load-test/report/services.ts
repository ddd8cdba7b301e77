/** A service of the Swarm during the test. */
export interface RunningService {
  name: string;
  /** State of its tasks, such as "4/4 running", or "1/1 finished" of a job. */
  tasks: string;
  image: string;
}

/** Format of `docker service ls` that `readServices` reads. */
export const SERVICES_FORMAT = "{{.Name}} {{.Mode}} {{.Image}} {{.Replicas}}";

/**
 * Reads the list of services. A job whose task has ended has no running task, and Docker prints
 * "0/1 (1/1 completed)" for it.
 */
export function readServices(text: string): RunningService[] {
  return text.split("\n").map((line) => {
    const [name = "", mode = "", image = "", running = "", completed] = line.split(" ");
    const isDone = mode.endsWith("-job") && running.startsWith("0/") && completed !== undefined;
    return { name, tasks: isDone ? `${completed.replace("(", "")} finished` : `${running} running`, image };
  });
}
