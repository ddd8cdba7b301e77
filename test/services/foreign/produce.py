"""Writes a plan of records with Python's Kafka clients.

Arguments: BOOTSTRAP TOPIC. The plan is read from standard input, in the format of
support/record-plan.ts. Exits with an error if a record isn't acknowledged.
"""

import asyncio
import sys

import aiokafka
import confluent_kafka
import kafka

BOOTSTRAP, TOPIC = sys.argv[1:3]
REQUEST_BYTES = 4_000_000


def text(field):
    return None if field == "-" else bytes.fromhex(field)


def read_plan():
    batches = []
    for line in sys.stdin.read().splitlines():
        kind, *fields = line.split("\t")
        if kind == "batch":
            client, codec, mode = fields
            batches.append((client, codec, mode, []))
        else:
            key, value, timestamp, headers = fields
            pairs = [pair.split(":") for pair in headers.split(",") if pair]
            record = (
                text(key),
                text(value),
                None if timestamp == "-" else int(timestamp),
                [(bytes.fromhex(name).decode(), text(content)) for name, content in pairs],
            )
            batches[-1][3].append(record)
    return batches


def transactional_id(client, index):
    return f"{TOPIC}-{client}-{index}"


def confluent(codec, mode, records, transaction):
    failures = []
    settings = {
        "bootstrap.servers": BOOTSTRAP,
        "acks": "all",
        "linger.ms": 50,
        "compression.type": codec,
        "message.max.bytes": REQUEST_BYTES,
    }
    if mode != "plain":
        settings["transactional.id"] = transaction
    producer = confluent_kafka.Producer(settings)
    if mode != "plain":
        producer.init_transactions(30)
        producer.begin_transaction()
    for key, value, timestamp, headers in records:
        producer.produce(
            TOPIC,
            key=key,
            value=value,
            headers=headers,
            timestamp=timestamp or 0,
            on_delivery=lambda error, _: failures.append(error) if error else None,
        )
    producer.flush(60)
    if mode == "commit":
        producer.commit_transaction(30)
    if mode == "abort":
        producer.abort_transaction(30)
    if failures:
        raise RuntimeError(failures[0])


def options(codec, mode, transaction):
    """Returns the options of a producer of aiokafka or kafka-python, which have the same names."""
    return {
        "bootstrap_servers": BOOTSTRAP,
        "acks": "all",
        "linger_ms": 50,
        "compression_type": None if codec == "none" else codec,
        "max_request_size": REQUEST_BYTES,
        "transactional_id": None if mode == "plain" else transaction,
    }


async def aiokafka_batch(codec, mode, records, transaction):
    producer = aiokafka.AIOKafkaProducer(**options(codec, mode, transaction))
    await producer.start()
    try:
        if mode != "plain":
            await producer.begin_transaction()
        sent = [
            await producer.send(TOPIC, key=key, value=value, timestamp_ms=timestamp, headers=headers)
            for key, value, timestamp, headers in records
        ]
        await asyncio.gather(*sent)
        if mode == "commit":
            await producer.commit_transaction()
        if mode == "abort":
            await producer.abort_transaction()
    finally:
        await producer.stop()


def kafka_python(codec, mode, records, transaction):
    producer = kafka.KafkaProducer(**options(codec, mode, transaction))
    if mode != "plain":
        producer.init_transactions()
        producer.begin_transaction()
    sent = [
        producer.send(TOPIC, key=key, value=value, timestamp_ms=timestamp, headers=headers)
        for key, value, timestamp, headers in records
    ]
    producer.flush(60)
    for one in sent:
        one.get(30)
    if mode == "commit":
        producer.commit_transaction()
    if mode == "abort":
        producer.abort_transaction()
    producer.close()


for index, (client, codec, mode, records) in enumerate(read_plan()):
    order = (codec, mode, records, transactional_id(client, index))
    if client == "confluent-kafka":
        confluent(*order)
    elif client == "aiokafka":
        asyncio.run(aiokafka_batch(*order))
    elif client == "kafka-python":
        kafka_python(*order)
    else:
        raise ValueError(f"no such client: {client}")
