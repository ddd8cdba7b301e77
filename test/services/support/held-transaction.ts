import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { pythonOfClients } from "./foreign-clients.ts";

const HOLD = fileURLToPath(new URL("../foreign/hold_transaction.py", import.meta.url));

/** A transaction that a foreign producer holds open; it stays open when the producer is killed. */
export interface HeldTransaction extends AsyncDisposable {
  /** Makes the producer end it. */
  end: (how: "commit" | "abort") => Promise<void>;
}

/** A transaction to open, and its records. */
interface Held {
  topic: string;
  partition: number;
  transactionalId: string;
  userIds: readonly number[];
  /** The transaction's timeout in milliseconds, that of the client by default. */
  timeoutMs?: number;
}

/** Opens a transaction, writes a record for each user, and holds it open. */
export async function holdTransaction(
  bootstrapServers: string,
  { topic, partition, transactionalId, userIds, timeoutMs = 60_000 }: Held,
): Promise<HeldTransaction> {
  const held = [topic, partition.toString(), transactionalId, timeoutMs.toString(), ...userIds.map(String)];
  const producer = execa(pythonOfClients(), [HOLD, bootstrapServers, ...held], { reject: false });
  const opened = once(producer.stdout, "data");
  const ended = producer.then(({ stderr }) => {
    throw new Error(`the producer ended: ${stderr}`);
  });
  await Promise.race([opened, ended]);
  ended.catch(() => undefined);
  return {
    end: async (how) => {
      producer.stdin.end(`${how}\n`);
      const { exitCode, stderr } = await producer;
      if (exitCode !== 0) throw new Error(`the producer can't ${how}: ${stderr}`);
    },
    [Symbol.asyncDispose]: async () => {
      producer.kill("SIGKILL");
      await producer;
    },
  };
}
