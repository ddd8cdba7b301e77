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
 * Milliseconds that a service may take to answer after its start. The slowest, a new database,
 * takes about 2 s.
 */
const startTimeout = 120_000;

/** A managed service of AWS, in a container of its own. */
export interface Service {
  id: string;
  /** For messages: "the load balancer app/one". */
  name: string;
  /** Returns true when the service works. */
  answers: () => Promise<boolean>;
  signal?: AbortSignal | undefined;
}

/**
 * Creates a service's container and returns when it answers. The container starts again with the
 * machine's Docker engine. A container that doesn't answer stays; the caller removes it.
 */
export async function runService(
  service: Service,
  { stack, host, ...options }: Omit<ContainerOptions, "id" | "image" | "stack"> & { stack: string | undefined },
): Promise<void> {
  await createContainer({
    // The service's own command replaces that of the image.
    command: [],
    ...options,
    id: service.id,
    image: servicesImage,
    ...(stack === undefined ? {} : { stack }),
    host: { ...host, RestartPolicy: { Name: "unless-stopped" } },
  });
  await waitForAnswer(service);
}

/** Starts a stopped service and returns when it answers. Returns false if its container is gone. */
export async function recoverService(service: Service): Promise<boolean> {
  const name = containerName(service.id);
  const found = await inspectContainer(name);
  if (found === undefined) return false;
  if (!found.State.Running) await startContainer(name);
  await waitForAnswer(service);
  return true;
}

async function waitForAnswer({ id, name, answers, signal }: Service): Promise<void> {
  try {
    await waitUntil(answers, { what: `${name} to answer`, timeout: startTimeout, ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    const printed = await logsTail(containerName(id), 20);
    throw new Error(`${name} does not answer; its last lines:\n${printed}`, { cause: error });
  }
}
