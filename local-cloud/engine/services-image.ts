/**
 * The image of all that AWS runs itself: the control plane, databases, load balancers, the
 * registry.
 */
export const servicesImage = "local-cloud/services:1";
