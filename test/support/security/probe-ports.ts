import { type Place, scriptIn } from "./namespaces.ts";

/** An address and a port of it. */
export interface PortProbe {
  address: string;
  port: number;
}

/** Result of an attempt: an answer, a refusal, or silence. */
export type Answer = "open" | "refused" | "silent";

/** Time limit of an attempt that should be dropped. Allowed ones answer at once. */
const SECONDS = 3;
/** Time limit of an attempt that should be answered, for a busy machine. */
const PATIENT_SECONDS = 30;

/**
 * Tries probes from a place, all at once.
 *
 * @param expected whether a door should be reached; one that should and isn't is tried again,
 *   patiently.
 */
export async function probePorts<T extends PortProbe>(
  place: Place,
  probes: readonly T[],
  expected: (door: T) => boolean,
): Promise<(T & { answer: Answer })[]> {
  const first = await attempt(place, probes, SECONDS);
  const missing = first.filter((door) => door.answer === "silent" && expected(door));
  const second = missing.length > 0 ? await attempt(place, missing, PATIENT_SECONDS) : [];
  return [...first.filter((door) => !missing.includes(door)), ...second];
}

async function attempt<T extends PortProbe>(
  place: Place,
  probes: readonly T[],
  seconds: number,
): Promise<(T & { answer: Answer })[]> {
  const input = probes.map(({ address, port }) => `${address} ${port}\n`).join("");
  const lines = (await scriptIn(place, "probe-ports.sh", [seconds.toString()], input)).split("\n");
  return probes.map((door) => {
    const start = `${door.address} ${door.port} `;
    const line = lines.find((one) => one.startsWith(start));
    if (line === undefined) throw new Error(`${place.name} said nothing of ${start}`);
    return { ...door, answer: line.slice(start.length) as Answer };
  });
}
