import { encodeRecord } from "@gifticon/contract/record.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import { type Acceptor, UnavailableError } from "./acceptor.ts";
import { Batcher } from "./batcher.ts";
import type { BrokerLink } from "./broker-link.ts";
import type { BatchObserver } from "./metrics.ts";

/**
 * Lingers as Kafka's own client does since 4.0: what a broker's batch costs is hardly a matter of its size. About 150 KB a batch, well below the broker's 1 MB
 * for a message set; 10,000 requests are a few megabytes.
 */
const BOUNDS = { lingerMs: 5, maxBatch: 1_000, maxInFlight: 4, maxPending: 10_000 };

/** Hands requests to Kafka in micro-batches; a request is taken when the broker has acknowledged it. */
export function createKafkaAcceptor(
  link: Pick<BrokerLink, "send" | "close" | "downReason">,
  observe: BatchObserver,
  maxPending = BOUNDS.maxPending,
): Acceptor {
  const batcher = new Batcher<GifticonRequest, RequestStatus>({
    ...BOUNDS,
    maxPending,
    work: (requests) =>
      observe(requests.length, async () => {
        await link.send(requests.map(encodeRecord));
        return requests.map(({ requestId }) => ({ requestId, status: "queued" as const }));
      }),
  });
  return {
    accept: (request) => {
      const { downReason } = link;
      if (downReason !== undefined) return Promise.reject(new UnavailableError(`the broker is away: ${downReason}`));
      return batcher.submit(request);
    },
    pending: () => batcher.pending,
    readiness: () => {
      const { downReason } = link;
      return downReason === undefined ? { ok: true } : { ok: false, reason: `broker: ${downReason}` };
    },
    close: async () => {
      await batcher.drain();
      await link.close();
    },
  };
}
