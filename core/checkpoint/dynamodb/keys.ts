/** The key attributes of the table. The CDK construct and the checkpointer read them here. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', timeToLive: 'ttl' } as const;
