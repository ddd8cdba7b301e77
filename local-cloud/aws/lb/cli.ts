import { connect } from "node:net";

// Sends a command to a socket of HAProxy, from inside its container: node cli.mts SOCKET COMMAND.
// Prints the answer.

const [socket = "", command = ""] = process.argv.slice(2);
// HAProxy answers, and closes its half of the connection, once this half is closed.
const connection = connect(socket, () => connection.end(`${command}\n`));
connection.pipe(process.stdout);
connection.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
