import { type Place, scriptIn } from "./namespaces.ts";

/** An address and a port of it. */
export interface PortProbe {
  address: string;
  port: number;
}

/** How an attempt ended: something answered, something was reached but doesn't listen, or nothing came back. */
export type Answer = "open" | "refused" | "silent";

/** What passes answers at once here; what is dropped never does. */
const SECONDS = 3;
/** For what should have answered: the machine may have been busy. */
const PATIENT_SECONDS = 30;

/**
 * Tries probes from a place, all at once.
 *
 * @param expected whether a door should be reached; one that should and isn't is tried again, patiently.
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
