import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { JavaClient } from "./java.ts";
import { type PlannedBatch, renderPlan } from "./record-plan.ts";

const PRODUCE = fileURLToPath(new URL("../foreign/produce.py", import.meta.url));
/** Separators after each key and each record on the standard input of kcat. */
const [KEY_END, RECORD_END] = ["<<key ends>>", "<<record ends>>"];
const FORMAT_0 = ["-X", "broker.version.fallback=0.9.0.1", "-X", "api.version.request=false"];
const LARGEST = ["-X", "message.max.bytes=4000000"];
const TIMEOUT_MS = 300_000;

/** Writes a plan with the clients that it names. All clients write at the same time. */
export async function writePlan(
  plan: readonly PlannedBatch[],
  java: Pick<JavaClient, "feed">,
  bootstrapServers: string,
  topic: string,
): Promise<void> {
  const batchesOf = (isIts: (batch: PlannedBatch) => boolean) => plan.filter(isIts);
  const python = renderPlan(batchesOf(({ client }) => client !== "java" && client !== "kcat"));
  await Promise.all([
    execa(pythonOfClients(), [PRODUCE, bootstrapServers, topic], { input: python, timeout: TIMEOUT_MS }),
    java.feed("ProducePlan", renderPlan(batchesOf(({ client }) => client === "java")), bootstrapServers, topic),
    (async () => {
      for (const batch of batchesOf(({ client }) => client === "kcat")) await kcat(batch, bootstrapServers, topic);
    })(),
  ]);
}

/** Returns the Python that has the Kafka clients. */
export function pythonOfClients(): string {
  const python = process.env["FOREIGN_CLIENTS_PYTHON"];
  if (python === undefined) throw new Error("FOREIGN_CLIENTS_PYTHON isn't set; start this test by ./run test services");
  return python;
}

/** Writes a batch with the headers of its first record. */
async function kcat({ codec, mode, records }: PlannedBatch, bootstrapServers: string, topic: string): Promise<void> {
  const headers = (records[0]?.headers ?? []).map(([name, value]) =>
    value === null ? name : `${name}=${value.toString()}`,
  );
  const input = Buffer.concat(
    records.flatMap(({ key, value }) => [
      key ?? Buffer.alloc(0),
      Buffer.from(KEY_END),
      value ?? Buffer.alloc(0),
      Buffer.from(RECORD_END),
    ]),
  );
  const options = [
    ...["-P", "-b", bootstrapServers, "-t", topic, "-z", codec, "-Z", "-K", KEY_END, "-D", RECORD_END],
    ...headers.flatMap((header) => ["-H", header]),
    ...LARGEST,
    ...(mode === "format0" ? FORMAT_0 : []),
  ];
  await execa("kcat", options, { input, timeout: TIMEOUT_MS });
}
