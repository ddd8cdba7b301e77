import type { IHeaders, Message } from "kafkajs";
import { RecordHeaders } from "./record-headers.ts";

/** A message to write. Its headers may come from a record that was read. */
export type OutgoingMessage = Omit<Message, "headers"> & { headers?: IHeaders | RecordHeaders };

/**
 * Returns the headers of a message in their written form. A header with several values appears once
 * for each.
 */
export function headersOf({ headers }: Pick<OutgoingMessage, "headers">): RecordHeaders {
  if (headers === undefined) return RecordHeaders.NONE;
  if (headers instanceof RecordHeaders) return headers;
  return RecordHeaders.of(
    Object.entries(headers).flatMap(([name, values]) =>
      (Array.isArray(values) ? values : [values]).map((value) => [name, value ?? null] as const),
    ),
  );
}
