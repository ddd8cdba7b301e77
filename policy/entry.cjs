// Pulumi requires the pack's folder, through a ts-node that can't take modules; Node itself takes them.
module.exports = import("./pack.ts");
