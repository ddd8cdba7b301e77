import { type Place, scriptIn } from "./namespaces.ts";

/** An address and a port of it. */
export interface PortProbe {
  address: string;
  port: number;
}

/** Result of an attempt: an answer, a refusal, or silence. */
export type Answer = "open" | "refused" | "silent";

/** Seconds to wait for an attempt that should be dropped. Allowed ones are answered at once. */
const SECONDS = 3;
/** Seconds to wait for an attempt that should be answered, for a busy machine. */
const PATIENT_SECONDS = 30;

/**
 * Tries probes from a place, all at once.
 *
 * @param expected Returns true for a probe that should be answered. If it isn't, it is tried again
 *   with a longer time limit.
 */
export async function probePorts<T extends PortProbe>(
  place: Place,
  probes: readonly T[],
  expected: (probe: T) => boolean,
): Promise<(T & { answer: Answer })[]> {
  const first = await attempt(place, probes, SECONDS);
  const missing = first.filter((probe) => probe.answer === "silent" && expected(probe));
  const second = missing.length > 0 ? await attempt(place, missing, PATIENT_SECONDS) : [];
  return [...first.filter((probe) => !missing.includes(probe)), ...second];
}

async function attempt<T extends PortProbe>(
  place: Place,
  probes: readonly T[],
  seconds: number,
): Promise<(T & { answer: Answer })[]> {
  const input = probes.map(({ address, port }) => `${address} ${port}\n`).join("");
  const lines = (await scriptIn(place, "probe-ports.sh", [seconds.toString()], input)).split("\n");
  return probes.map((probe) => {
    const start = `${probe.address} ${probe.port} `;
    const line = lines.find((one) => one.startsWith(start));
    if (line === undefined) throw new Error(`${place.name} printed nothing for ${start}`);
    return { ...probe, answer: line.slice(start.length) as Answer };
  });
}
