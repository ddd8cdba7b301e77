import { type AddressInfo, connect, createServer } from "node:net";
import { Transform } from "node:stream";

// Passes TCP connections on, each piece of them so much later: node delay-proxy.ts LISTEN TARGET MILLISECONDS. Says "listening on PORT" when it does, and at
// the end of its standard input how many pieces of how many connections it has delayed, as "PIECES CONNECTIONS".

const [listen, target, milliseconds] = process.argv.slice(2).map(Number);
let pieces = 0;
let connections = 0;

/** Keeps the order: each piece waits for the same time. */
function late(): Transform {
  return new Transform({
    transform(piece, _encoding, done) {
      pieces++;
      setTimeout(done, milliseconds, undefined, piece);
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
  client.pipe(late()).pipe(server);
  server.pipe(late()).pipe(client);
});
proxy.listen(listen, () => {
  console.log(`listening on ${(proxy.address() as AddressInfo).port}`);
});

process.stdin.resume().on("end", () => {
  console.log(`${pieces} ${connections}`);
  process.exit();
});
