import { type Broker, startBroker } from "./broker.ts";
import { type DatabaseServer, startDatabase } from "./database.ts";

/** What runs for all tests of a file: a broker and a database, gone with it. */
export interface Backing extends AsyncDisposable {
  broker: Broker;
  database: DatabaseServer;
}

/** Starts both, side by side. */
export async function startBacking(): Promise<Backing> {
  const [broker, database] = await Promise.all([startBroker(), startDatabase()]);
  return {
    broker,
    database,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([broker[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
    },
  };
}
