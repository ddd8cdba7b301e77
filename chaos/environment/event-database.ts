import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { REMOVE_LOAD_TEST_ROWS } from "@gifticon/load-agent/protocol.ts";
import type { DecidedRow } from "../../operate/reconciliation.ts";
import { containerOf } from "./aws-services.ts";
import { docker } from "./docker.ts";

/** The event's database, from inside its container. */
export class EventDatabase {
  readonly #account: string;

  constructor(account: string) {
    this.#account = account;
  }

  /** Runs SQL as the superuser. Returns a line for each row, its values separated by tabs. */
  async sql(text: string): Promise<string[]> {
    const connection = ["-U", "rdsadmin", "-d", DATABASE.name];
    const psql = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", ...connection, "-c", text];
    const container = await containerOf(this.#account, "database");
    const printed = await docker(["exec", "-u", "postgres", container, ...psql]);
    return printed.split("\n").filter((line) => line !== "");
  }

  /** Removes the rows of earlier loads, as the load test's agent does. */
  async clear(): Promise<void> {
    await this.sql(`begin; select from gifticon_stock for update; ${REMOVE_LOAD_TEST_ROWS}; commit`);
  }

  /** Returns the decided requests of the load. */
  async rows(): Promise<DecidedRow[]> {
    const lines = await this.sql(
      `select request_id, user_id, outcome, coalesce(code, '-') from gifticon_request
       where user_id between ${LOAD_TEST_USERS.first} and ${LOAD_TEST_USERS.last}`,
    );
    return lines.map((line) => {
      const [requestId = "", userId = "", outcome, code = "-"] = line.split("\t");
      return { requestId, userId, outcome: outcome as DecidedRow["outcome"], code: code === "-" ? null : code };
    });
  }

  /** Returns the stock. `total` leaves out what users outside of the load have. */
  async stock(): Promise<{ total: number; remaining: number }> {
    const [line = ""] = await this.sql(
      `select total - (select count(*) from gifticon_request
         where outcome = 'issued' and user_id not between ${LOAD_TEST_USERS.first} and ${LOAD_TEST_USERS.last}), remaining
       from gifticon_stock`,
    );
    const [total, remaining] = line.split("\t").map(Number);
    return { total: total ?? NaN, remaining: remaining ?? NaN };
  }
}
