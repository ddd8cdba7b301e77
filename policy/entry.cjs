// Pulumi loads the pack's folder through a ts-node that can't load modules. Node can.
module.exports = import("./pack.ts");
