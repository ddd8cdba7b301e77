import {
  containerName,
  createContainer,
  inspectContainer,
  logsTail,
  startContainer,
  type ContainerOptions,
} from "./containers.ts";
import { servicesImage } from "./services-image.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * How long a service may take to answer after its start, in milliseconds. The slowest, a new
 * database, takes some 2 s.
 */
const startTimeout = 120_000;

/** A service that AWS runs itself, in a container of its own. */
export interface Service {
  id: string;
  /** For messages: "the load balancer app/one". */
  name: string;
  /** Whether it does its work. */
  answers: () => Promise<boolean>;
  signal?: AbortSignal | undefined;
}

/**
 * Makes a service's container, which comes back with the machine's Docker engine, and returns when
 * it answers. When it doesn't, the container stays for its caller to remove.
 */
export async function runService(
  service: Service,
  { stack, host, ...options }: Omit<ContainerOptions, "id" | "image" | "stack"> & { stack: string | undefined },
): Promise<void> {
  await createContainer({
    // What the image would run is not what the service runs.
    command: [],
    ...options,
    id: service.id,
    image: servicesImage,
    ...(stack === undefined ? {} : { stack }),
    host: { ...host, RestartPolicy: { Name: "unless-stopped" } },
  });
  await answering(service);
}

/**
 * Starts a service that was stopped outside, and returns when it answers; false when its container
 * is gone.
 */
export async function recoverService(service: Service): Promise<boolean> {
  const name = containerName(service.id);
  const found = await inspectContainer(name);
  if (found === undefined) return false;
  if (!found.State.Running) await startContainer(name);
  await answering(service);
  return true;
}

async function answering({ id, name, answers, signal }: Service): Promise<void> {
  try {
    await waitUntil(answers, { what: `${name} to answer`, timeout: startTimeout, ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    const printed = await logsTail(containerName(id), 20);
    throw new Error(`${name} does not answer; its last lines:\n${printed}`, { cause: error });
  }
}
