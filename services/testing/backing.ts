import { type Broker, startBroker } from "./broker.ts";
import { type DatabaseServer, startDatabase } from "./database.ts";

/** A broker and a database for all tests of a file. */
export interface Backing extends AsyncDisposable {
  broker: Broker;
  database: DatabaseServer;
}

/** Starts a broker and a database concurrently. */
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
