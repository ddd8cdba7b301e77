import { connect } from "node:net";

// Talks to HAProxy in its container: node cli.mts SOCKET COMMAND. Prints the answer.

const [socket = "", command = ""] = process.argv.slice(2);
// Its half of the connection closed, HAProxy answers and closes the other one.
const connection = connect(socket, () => connection.end(`${command}\n`));
connection.pipe(process.stdout);
connection.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
