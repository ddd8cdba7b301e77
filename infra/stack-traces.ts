/*
 * Pulumi's runner hooks in a translation of stack traces by source maps, and the SDK takes a stack trace for each property of each
 * resource: a quarter of the program's time. Node runs these files as they stand, so there is nothing to translate.
 */
Reflect.deleteProperty(Error, "prepareStackTrace");
