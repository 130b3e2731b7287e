import { defineEntity, p } from '@mikro-orm/core';
import type { UserId } from '#kit/ids.ts';
import type { OperationLevel, PublishedOperation } from '../../domain/api-key.ts';

export const ApiKeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().$type<UserId>(),
    name: p.text(),
    scopes: p.array().$type<string[]>(),
    level: p.text().$type<OperationLevel>(),
    requestsPerMinute: p.integer().nullable(),
    requestsPerDay: p.integer().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    version: p.integer(),
    operationsVersion: p.integer(),
  },
});

export const ApiKeySecretEntity = defineEntity({
  name: 'ApiKeySecret',
  tableName: 'api_key_secret',
  properties: {
    hash: p.text().primary(),
    keyId: p.uuid(),
    prefix: p.text(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
  },
});

export const PublishedOperationEntity = defineEntity({
  name: 'PublishedOperation',
  tableName: 'published_operation',
  properties: {
    keyId: p.uuid().primary(),
    id: p.text().primary(),
    name: p.text().nullable(),
    body: p.text(),
    status: p.text().$type<PublishedOperation['status']>(),
    problems: p.array().$type<string[]>(),
  },
});
