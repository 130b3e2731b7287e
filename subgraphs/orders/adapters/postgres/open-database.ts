import type { MikroORM } from '@mikro-orm/postgresql';
import { openOrm, openReadOnly } from '#kit/orm.ts';
import { entities } from './entities.ts';
import { migrations } from './migrations.ts';

/** Opens the orders database, at its latest migration. */
export const openDatabase = (url: string, poolSize = 8): Promise<MikroORM> =>
  openOrm({ url, entities, migrations, poolSize });

/** The same for the audit: as it is. */
export const openReadOnlyDatabase = (url: string): Promise<MikroORM> =>
  openReadOnly({ url, entities, migrations });
