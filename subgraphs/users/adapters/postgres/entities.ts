import { defineEntity, p } from '@mikro-orm/core';
import type { Role } from '#kit/identity.ts';
import type { SessionKey, UserId } from '#kit/ids.ts';

export const UserEntity = defineEntity({
  name: 'User',
  tableName: 'app_user',
  properties: {
    id: p.uuid().primary().$type<UserId>(),
    email: p.string().unique(),
    passwordHash: p.text(),
    roles: p.array().$type<Role[]>(),
    createdAt: p.datetime(3),
    barReason: p.text().nullable(),
    barredAt: p.datetime(3).nullable(),
    barredBy: p.uuid().$type<UserId>().nullable(),
  },
});

export const SessionEntity = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().primary().$type<SessionKey>(),
    userId: p.uuid().$type<UserId>(),
    generation: p.integer(),
    createdAt: p.datetime(3),
    lastUsedAt: p.datetime(3),
    expiresAt: p.datetime(3),
    device: p.text().nullable(),
  },
});
