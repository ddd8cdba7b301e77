/** The image of the managed services: each container of it runs one of them. */
export const servicesImage = "local-cloud/services:1";
