"""Opens a transaction with confluent-kafka, and holds it until a command ends it.

Arguments: BOOTSTRAP TOPIC PARTITION TRANSACTIONAL_ID TIMEOUT_MS [USER_ID]... Writes a record for
each user and prints "open". A line "commit" or "abort" on standard input ends the transaction; without one, it
stays open when the program ends.
"""

import sys

import confluent_kafka

BOOTSTRAP, TOPIC, PARTITION, TRANSACTIONAL_ID, TIMEOUT_MS = sys.argv[1:6]
USER_IDS = [int(user_id) for user_id in sys.argv[6:]]

producer = confluent_kafka.Producer(
    {
        "bootstrap.servers": BOOTSTRAP,
        "acks": "all",
        "transactional.id": TRANSACTIONAL_ID,
        "transaction.timeout.ms": int(TIMEOUT_MS),
    }
)
producer.init_transactions(30)
producer.begin_transaction()
for user_id in USER_IDS:
    producer.produce(
        TOPIC,
        key=str(user_id),
        value=user_id.to_bytes(8, "big"),
        partition=int(PARTITION),
    )
producer.flush(30)
print("open", flush=True)
end = sys.stdin.readline().strip()
if end == "commit":
    producer.commit_transaction(30)
if end == "abort":
    producer.abort_transaction(30)
