/*
 * Pulumi's runner installs a translation of stack traces by source maps, and the SDK takes a stack
 * trace for each property of each resource. That is a quarter of the program's time. Node.js runs
 * these files without compilation, so there is nothing to translate.
 */
Reflect.deleteProperty(Error, "prepareStackTrace");
