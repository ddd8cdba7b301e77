/** The image of the managed services: control plane, databases, load balancers, registry. */
export const servicesImage = "local-cloud/services:1";
