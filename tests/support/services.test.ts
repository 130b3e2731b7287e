import { describe, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';
import {
  createDatabase,
  describeWith,
  postgres,
  prefix,
  rabbitmqUrl,
  redisUrl,
} from '#tests/support/services.ts';
import { skipReasons } from './reporter.ts';

describe('throw-away databases', () => {
  test('a database exists until it is disposed, even while somebody is connected', async () => {
    const database = await createDatabase('services');
    const client = new pg.Client({ connectionString: database.url });
    const ended = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    expect((await client.query('SELECT current_database() AS name')).rows).toEqual([
      { name: database.name },
    ]);
    await database[Symbol.asyncDispose]();
    await ended;
    await expect(exists(database.name)).resolves.toBe(false);
  });
});

test('prefixes never repeat', () => {
  expect(prefix('a')).not.toBe(prefix('a'));
});

test('a skip names its service and its number of tests', () => {
  const skipped = { ancestorTitles: ['pub/sub [needs Redis]'], fullName: 'x' };
  const other = { ancestorTitles: [], fullName: 'somebody skipped this' };
  expect(skipReasons([skipped, skipped, other])).toEqual([
    expect.stringMatching(/^SKIPPED: Redis is not reachable at \S+ – 2 tests did not run$/),
    'SKIPPED: somebody skipped this',
  ]);
});

describeWith('redis', 'with Redis', () => {
  test('it answers', async () => {
    const client = new Redis(redisUrl() ?? '');
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });
});

describeWith(['redis', 'rabbitmq'], 'with RabbitMQ and Redis', () => {
  test('it opens a channel', async () => {
    const connection = await connect(rabbitmqUrl() ?? '');
    const channel = await connection.createConfirmChannel();
    await channel.close();
    await connection.close();
  });
});

async function exists(name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: (await postgres()).url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    return found.rows.length > 0;
  } finally {
    await client.end();
  }
}
