// By path, because who compiles the program compiles what it imports, and an ambient declaration is imported by nobody.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import RequestQueue, { type Requests } from "kafkajs/src/network/requestQueue/index.js";

/**
 * A connection's requests that wait for their response, of which there are few. kafkajs 2.2.4 keeps them in a `Map`: whenever that makes room, which it does every
 * few requests, its table goes on pointing to the next one for the sake of iterators. Once V8 has moved one to its old generation, all that come after it are moved
 * there too, with all that waits for their requests: in every second run main-api had 5 times as many full collections, and took half as much CPU again.
 */
export class RequestsUnderWay implements Requests {
  #requests: { id: number; request: unknown }[] = [];

  get size(): number {
    return this.#requests.length;
  }

  has(id: number): boolean {
    return this.#requests.some((one) => one.id === id);
  }

  get(id: number): unknown {
    return this.#requests.find((one) => one.id === id)?.request;
  }

  set(id: number, request: unknown): void {
    this.delete(id);
    this.#requests.push({ id, request });
  }

  delete(id: number): void {
    this.#requests = this.#requests.filter((one) => one.id !== id);
  }

  clear(): void {
    this.#requests = [];
  }

  values(): unknown[] {
    return this.#requests.map(({ request }) => request);
  }

  forEach(use: (request: unknown) => void): void {
    this.values().forEach(use);
  }
}

Object.defineProperty(RequestQueue.prototype, "inflight", {
  // Its constructor assigns a Map.
  set(this: RequestQueue) {
    Object.defineProperty(this, "inflight", { value: new RequestsUnderWay() });
  },
});
