import { type AddressInfo, connect, createServer } from "node:net";
import { Transform } from "node:stream";

// Forwards TCP connections with a delay: node delay-proxy.ts LISTEN TARGET MILLISECONDS. Prints
// "listening on PORT" when it is ready. At the end of its standard input it prints the number of
// delayed chunks and connections, as "CHUNKS CONNECTIONS", and exits.

const [listen, target, milliseconds] = process.argv.slice(2).map(Number);
let chunks = 0;
let connections = 0;

/** Returns a stream that delays each chunk by the same time, which keeps the order. */
function delayed(): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      chunks++;
      setTimeout(done, milliseconds, undefined, chunk);
    },
  });
}

const proxy = createServer({ allowHalfOpen: true }, (client) => {
  connections++;
  const server = connect({ port: target ?? 0, host: "127.0.0.1", allowHalfOpen: true });
  const end = () => {
    client.destroy();
    server.destroy();
  };
  client.on("error", end).on("close", end);
  server.on("error", end).on("close", end);
  client.pipe(delayed()).pipe(server);
  server.pipe(delayed()).pipe(client);
});
proxy.listen(listen, () => {
  console.log(`listening on ${(proxy.address() as AddressInfo).port}`);
});

process.stdin.resume().on("end", () => {
  console.log(`${chunks} ${connections}`);
  process.exit();
});
