/**
 * User ids of load tests, far from the ids of people. A load test deletes only rows with these ids.
 */
export const LOAD_TEST_USERS = { first: 7_000_000_000, last: 7_999_999_999 } as const;
