import { encodeRecord } from "@gifticon/contract/record.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import { type Acceptor, UnavailableError } from "./acceptor.ts";
import { Batcher } from "./batcher.ts";
import type { BrokerLink } from "./broker-link.ts";
import type { BatchObserver } from "./metrics.ts";

/**
 * What a batch costs, here, on the way and in the broker, is hardly a matter of its size; so few wait for company, four times as long as with Kafka's own client,
 * and a hundred don't. About 150 KB a batch, well below the broker's 1 MB for a message set; 10,000 requests are a few megabytes.
 */
const BOUNDS = { lingerMs: 20, enough: 100, maxBatch: 1_000, maxInFlight: 4, maxPending: 10_000 };

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
