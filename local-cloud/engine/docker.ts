import Docker from "dockerode";

/** The one client of the machine's Docker engine (`DOCKER_HOST`, else its socket). */
export const docker = new Docker();

/** Whether the engine answered that the object does not exist. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Whether the engine answered that the object is in that state already, or is being removed. */
export function isConflict(error: unknown): boolean {
  return statusOf(error) === 409;
}

/** Whether the engine answered "nothing to do": the container is started or stopped already. */
export function isNotModified(error: unknown): boolean {
  return statusOf(error) === 304;
}

/** Returns true when no engine answers at the socket, or not to this user. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && ["ENOENT", "ECONNREFUSED", "EACCES", "ENOTFOUND"].includes(code);
}

/** Runs a removal for which an object that is gone already, or is on its way out, is a success. */
export async function ignoreGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
}
