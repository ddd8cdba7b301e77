import type { IHeaders, Message } from "kafkajs";
import { RecordHeaders } from "./record-headers.ts";

/** A message to write, also one with the headers of a record that was read. */
export type OutgoingMessage = Omit<Message, "headers"> & { headers?: IHeaders | RecordHeaders };

/**
 * The headers of a message as they are written; a header that has several values is there several
 * times.
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
